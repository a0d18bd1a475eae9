package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Desk.applicant;
import static dev.countersign.server.state.Desk.dns;
import static dev.countersign.server.state.Desk.done;
import static dev.countersign.server.state.Desk.newKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityChange;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.Role;
import dev.countersign.server.identity.RoleChange;
import dev.countersign.server.issuance.CertificateFilter;
import dev.countersign.server.issuance.IdentityChangedException;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.paging.Page;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** That nothing is recorded which was decided on what an identity was before. */
class ChangedIdentityTest {

  private static IdentityChange names(Names names) {
    return new IdentityChange(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(names));
  }

  private static IdentityChange profile(String profile) {
    return new IdentityChange(
        Optional.of(profile), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static IdentityChange role(Role role) {
    return new IdentityChange(
        Optional.empty(),
        Optional.of(new RoleChange(Optional.of(role))),
        Optional.empty(),
        Optional.empty());
  }

  @OnEveryEngine
  void a_certificate_is_recorded_only_for_the_identity_that_it_was_decided_for(TestDatabase test) {
    Desk desk = Desk.at(test);
    Map<String, Runnable> changes = new LinkedHashMap<>();
    changes.put("names", () -> update(desk, names(Names.none()), OPERATOR));
    changes.put("profile", () -> update(desk, profile("client"), OPERATOR));
    changes.put("role", () -> update(desk, role(Role.AUDITOR), OPERATOR));
    changes.put(
        "revoked and restored",
        () -> {
          desk.revocations.revokeIdentity(
              "orders", RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR);
          desk.identities.restore("orders", OPERATOR);
        });
    desk.identity("orders");

    changes.forEach(
        (what, change) -> {
          Identity read = desk.identities.find("orders").orElseThrow();
          change.run();
          assertThatThrownBy(() -> desk.issued(read))
              .as(what)
              .isInstanceOf(IdentityChangedException.class);
          desk.issued(desk.identities.find("orders").orElseThrow());
        });
    assertThat(issued(desk)).isEqualTo(changes.size());
  }

  @OnEveryEngine
  void what_a_change_answers_can_be_issued_to(TestDatabase test) {
    Desk desk = Desk.at(test);
    desk.issued(desk.identity("orders"));
    desk.issued(update(desk, names(dns("other.example")), OPERATOR));
    desk.revocations.revokeIdentity(
        "orders", RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR);
    desk.issued(desk.identities.restore("orders", OPERATOR).result());
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void names_that_another_server_is_taking_away_are_waited_for(TestDatabase test) {
    Desk one = Desk.at(test);
    Desk other = one.anotherNode(test);
    Identity read = one.identity("orders");
    try (Pause pause = new Pause()) {
      CompletableFuture<Identity> change =
          CompletableFuture.supplyAsync(
              () -> update(other, names(Names.none()), pause.inMandate()));
      pause.awaitReached();
      CompletableFuture<RecordedCertificate> issue =
          one.record(applicant(read, new SystemProof("test")), newKey());
      Desk.untilOneWaits(one.database, issue::isDone);
      pause.end();

      assertThat(done(change).names().isEmpty()).isTrue();
      assertThatThrownBy(() -> done(issue)).isInstanceOf(IdentityChangedException.class);
    }
    assertThat(issued(one)).isZero();
  }

  private static Identity update(Desk desk, IdentityChange change, Mandate mandate) {
    return desk.identities.update("orders", change, mandate);
  }

  private static int issued(Desk desk) {
    return desk.certificates.search(CertificateFilter.all(), Page.first(100)).items().size();
  }
}
