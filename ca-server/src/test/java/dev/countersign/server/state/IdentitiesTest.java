package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.authority.NameConstraints;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityChange;
import dev.countersign.server.identity.IdentityFilter;
import dev.countersign.server.identity.NewIdentity;
import dev.countersign.server.identity.Role;
import dev.countersign.server.identity.RoleChange;
import dev.countersign.server.ledger.Act;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import dev.countersign.server.policy.Profiles;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

class IdentitiesTest {

  @OnEveryEngine
  void an_identity_comes_back_as_it_was_added(TestDatabase test) throws InvalidRequestException {
    Desk desk = Desk.at(test);
    Names names =
        Names.builder()
            .dns("orders.example", "*.orders.example")
            .ip("2001:db8::1", "192.0.2.9")
            .uri("spiffe://example/orders")
            .email("orders@example.com")
            .build();

    Identity added =
        desk.identities.add(
            new NewIdentity(
                "orders", "peer", Optional.of(Role.OPERATOR), Optional.of("Ada"), names),
            OPERATOR);

    assertThat(desk.identities.find("orders")).contains(added);
    assertThat(added.names()).isEqualTo(names);
    assertThat(added.role()).contains(Role.OPERATOR);
    assertThat(desk.actions()).containsExactly("identity.added");
  }

  @OnEveryEngine
  void a_name_is_given_once(TestDatabase test) {
    Desk desk = Desk.at(test);
    desk.identity("orders");

    refused(Kind.ALREADY_EXISTS, () -> desk.identity("orders"));
    assertThat(desk.actions()).hasSize(1);
  }

  @OnEveryEngine(Dialect.H2)
  void names_that_the_issuing_ca_may_not_certify_are_refused_at_once(TestDatabase test)
      throws InvalidRequestException {
    Desk desk = Desk.at(test);
    Identities constrained =
        new Identities(
            desk.database,
            desk.ledger,
            desk.clock,
            Profiles.defaults(),
            () -> NameConstraints.permitted(List.of("dns:example")),
            "example");
    Names other = Names.builder().dns("orders.example", "other.com").build();
    String refusal =
        refused(
            Kind.NOT_ALLOWED,
            () ->
                constrained.add(
                    new NewIdentity("orders", "peer", Optional.empty(), Optional.empty(), other),
                    OPERATOR));
    assertThat(refusal).contains("other.com", "outside what this CA may certify");
    assertThat(desk.identities.find("orders")).isEmpty();

    Names fine = Names.builder().dns("orders.example").build();
    constrained.add(
        new NewIdentity("orders", "peer", Optional.empty(), Optional.empty(), fine), OPERATOR);
    refused(
        Kind.NOT_ALLOWED,
        () ->
            constrained.update(
                "orders",
                new IdentityChange(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(other)),
                OPERATOR));
    assertThat(desk.identities.find("orders").orElseThrow().names()).isEqualTo(fine);
  }

  @OnEveryEngine(Dialect.H2)
  void names_and_profiles_that_cannot_be_are_refused(TestDatabase test) {
    Desk desk = Desk.at(test);
    for (String name : List.of("", "Orders", "-orders", "orders-", "or ders", "a".repeat(64))) {
      refused(Kind.MALFORMED, () -> desk.identities.add(named(name), OPERATOR));
    }
    refused(Kind.NOT_ALLOWED, () -> desk.identities.add(named("countersignd"), OPERATOR));
    refused(
        Kind.MALFORMED,
        () ->
            desk.identities.add(
                new NewIdentity("orders", "none", Optional.empty(), Optional.empty(), Names.none()),
                OPERATOR));
    assertThat(desk.identities.add(named("a".repeat(63)), OPERATOR).name()).hasSize(63);
  }

  @OnEveryEngine(Dialect.H2)
  void a_name_that_says_another_identity_is_refused(TestDatabase test)
      throws InvalidRequestException {
    Desk desk = Desk.at(test);
    desk.identity("orders");
    for (String uri :
        List.of(
            "spiffe://example/billing",
            "SPIFFE://Example/billing",
            "spiffe://example./orders",
            "spiffe://example",
            "spiffe://example/countersignd",
            "spiffe://elsewhere/countersignd")) {
      Names names = Names.builder().uri(uri).build();
      for (String profile : List.of("peer", "operator")) {
        refused(
            Kind.NOT_ALLOWED,
            () ->
                desk.identities.add(
                    new NewIdentity("evil", profile, Optional.empty(), Optional.empty(), names),
                    OPERATOR));
        refused(
            Kind.NOT_ALLOWED,
            () ->
                desk.identities.update(
                    "orders",
                    new IdentityChange(
                        Optional.of(profile),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(names)),
                    OPERATOR));
      }
    }
    assertThat(desk.identities.find("evil")).isEmpty();
    assertThat(desk.identities.find("orders").orElseThrow().names().uri()).isEmpty();
  }

  @OnEveryEngine(Dialect.H2)
  void beside_the_SPIFFE_ID_of_the_profile_there_is_no_URI(TestDatabase test)
      throws InvalidRequestException {
    Desk desk = Desk.at(test);
    Names names = Names.builder().uri("https://orders.example/").build();
    NewIdentity peer = new NewIdentity("orders", "peer", Optional.empty(), Optional.empty(), names);
    assertThat(refused(Kind.NOT_ALLOWED, () -> desk.identities.add(peer, OPERATOR)))
        .contains("spiffe://example/orders", "https://orders.example/");

    desk.identities.add(
        new NewIdentity("orders", "operator", Optional.empty(), Optional.empty(), names), OPERATOR);
    IdentityChange toPeer =
        new IdentityChange(
            Optional.of("peer"), Optional.empty(), Optional.empty(), Optional.empty());
    refused(Kind.NOT_ALLOWED, () -> desk.identities.update("orders", toPeer, OPERATOR));
    Names own = Names.builder().uri("spiffe://example/orders").build();
    desk.identities.update(
        "orders",
        new IdentityChange(
            Optional.of("peer"), Optional.empty(), Optional.empty(), Optional.of(own)),
        OPERATOR);
  }

  private static NewIdentity named(String name) {
    return new NewIdentity(name, "peer", Optional.empty(), Optional.empty(), Names.none());
  }

  @OnEveryEngine
  void a_change_changes_what_it_names(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity before = desk.identity("orders");

    Identity after =
        desk.identities.update(
            "orders",
            new IdentityChange(
                Optional.of("server"),
                Optional.of(new RoleChange(Optional.of(Role.AUDITOR))),
                Optional.of("Ada"),
                Optional.of(Desk.dns("b.example", "a.example"))),
            OPERATOR);

    assertThat(desk.identities.find("orders")).contains(after);
    assertThat(after.profile()).isEqualTo("server");
    assertThat(after.role()).contains(Role.AUDITOR);
    assertThat(after.names().dns()).containsExactly("b.example", "a.example");
    assertThat(after.createdAt()).isEqualTo(before.createdAt());

    IdentityChange ownerGone =
        new IdentityChange(Optional.empty(), Optional.empty(), Optional.of(""), Optional.empty());
    assertThat(desk.identities.update("orders", ownerGone, OPERATOR).owner()).isEmpty();
    desk.identities.update("orders", ownerGone, OPERATOR); // nothing to change: no event
    assertThat(desk.actions())
        .containsExactly("identity.added", "identity.updated", "identity.updated");
    refused(Kind.NOT_FOUND, () -> desk.identities.update("billing", ownerGone, OPERATOR));
    refused(Kind.NOT_ALLOWED, () -> desk.identities.update("countersignd", ownerGone, OPERATOR));
  }

  @OnEveryEngine
  void a_list_has_all_once_by_name_and_not_the_authority_itself(TestDatabase test) {
    Desk desk = Desk.at(test);
    for (String name : List.of("d", "b", "e", "a", "c")) {
      desk.identity(name);
    }
    desk.revocations.revokeIdentity("c", RevocationReason.UNSPECIFIED, Optional.empty(), OPERATOR);

    List<String> seen = new ArrayList<>();
    Page page = Page.first(2);
    Paged<Identity> read = desk.identities.list(IdentityFilter.all(), page);
    read.items().forEach(identity -> seen.add(identity.name()));
    while (read.next().isPresent()) {
      read = desk.identities.list(IdentityFilter.all(), page.after(read.next().get()));
      assertThat(read.items()).hasSizeBetween(1, 2);
      read.items().forEach(identity -> seen.add(identity.name()));
    }
    assertThat(seen).containsExactly("a", "b", "c", "d", "e");
    assertThat(
            desk.identities
                .list(new IdentityFilter(Optional.of(Identity.State.REVOKED)), Page.first(9))
                .items())
        .extracting(Identity::name)
        .containsExactly("c");
    refused(
        Kind.MALFORMED,
        () -> desk.identities.list(IdentityFilter.all(), page.after("not a cursor")));
  }

  @OnEveryEngine
  void the_last_admin_stays(TestDatabase test) {
    Desk desk = Desk.at(test);
    desk.identity("ada", Optional.of(Role.ADMIN));
    desk.identity("bob", Optional.of(Role.ADMIN));
    IdentityChange noRole = roleGone();

    desk.identities.update("bob", noRole, OPERATOR);
    refused(Kind.LAST_ADMIN, () -> desk.identities.update("ada", noRole, OPERATOR));
    refused(
        Kind.LAST_ADMIN,
        () ->
            desk.revocations.revokeIdentity(
                "ada", RevocationReason.UNSPECIFIED, Optional.empty(), OPERATOR));
    assertThat(desk.identities.find("ada").orElseThrow().role()).contains(Role.ADMIN);
  }

  @OnEveryEngine
  void two_admins_who_remove_each_other_at_once_leave_one(TestDatabase test) {
    Desk desk = Desk.at(test);
    Desk other = test.dialect() == Dialect.H2 ? desk : desk.anotherNode(test);
    for (int round = 0; round < 5; round++) {
      String ada = "ada" + round;
      String bob = "bob" + round;
      desk.identity(ada, Optional.of(Role.ADMIN));
      desk.identity(bob, Optional.of(Role.ADMIN));
      if (round > 0) { // who was left of the round before
        Desk last = desk;
        admins(desk).stream()
            .filter(name -> !name.equals(ada) && !name.equals(bob))
            .forEach(name -> last.identities.update(name, roleGone(), OPERATOR));
      }
      Callable<?> revokeBob =
          () ->
              desk.revocations.revokeIdentity(
                  bob, RevocationReason.UNSPECIFIED, Optional.empty(), OPERATOR);
      Callable<?> demoteAda = () -> other.identities.update(ada, roleGone(), OPERATOR);

      List<Object> results = Race.of(revokeBob, demoteAda);

      assertThat(admins(desk)).as("after %s", results).hasSize(1);
      assertThat(results)
          .filteredOn(result -> result instanceof Refusal)
          .extracting(result -> ((Refusal) result).kind())
          .containsExactly(Kind.LAST_ADMIN);
    }
  }

  @OnEveryEngine
  void a_restored_identity_is_active_and_its_certificates_stay_revoked(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    var serial = desk.issued(orders);
    desk.revocations.revokeIdentity(
        "orders", RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR);

    Act<Identity> act = desk.identities.restore("orders", OPERATOR);
    Identity restored = act.result();
    assertThat(act.changed()).isTrue();

    assertThat(restored.isActive()).isTrue();
    assertThat(restored.revokedAt()).isEmpty();
    assertThat(desk.identities.restore("orders", OPERATOR)).isEqualTo(new Act<>(restored, false));
    assertThat(desk.statuses.of(Desk.ISSUER, serial).orElseThrow().denial()).isPresent();
    assertThat(desk.actions()).filteredOn("identity.restored"::equals).hasSize(1);
  }

  private static IdentityChange roleGone() {
    return new IdentityChange(
        Optional.empty(),
        Optional.of(new RoleChange(Optional.empty())),
        Optional.empty(),
        Optional.empty());
  }

  private static List<String> admins(Desk desk) {
    return desk
        .identities
        .list(new IdentityFilter(Optional.of(Identity.State.ACTIVE)), Page.first(100))
        .items()
        .stream()
        .filter(identity -> identity.role().equals(Optional.of(Role.ADMIN)))
        .map(Identity::name)
        .toList();
  }
}
