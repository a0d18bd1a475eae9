package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Desk.done;
import static dev.countersign.server.state.Desk.newKey;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.access.Operators;
import dev.countersign.server.enrollment.Enrollment;
import dev.countersign.server.enrollment.EnrollmentFilter;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityChange;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.NewIdentity;
import dev.countersign.server.identity.Role;
import dev.countersign.server.identity.RoleChange;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.OperatorProof;
import dev.countersign.server.paging.Page;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * That who may touch whom is decided where it is done: the callers here were admitted, and then
 * something changed before their act.
 */
class MandateTest {

  private static final IdentityChange OWNER =
      new IdentityChange(Optional.empty(), Optional.empty(), Optional.of("Eve"), Optional.empty());

  /** All that an operator can do to the identity orders. */
  private static Map<String, ThrowingCallable> acts(
      Desk desk, Dialect dialect, Mandate olga, Identity orders, SerialNumber serial, String open) {
    Map<String, ThrowingCallable> acts = new LinkedHashMap<>();
    acts.put("update", () -> desk.identities.update("orders", OWNER, olga));
    acts.put(
        "enrol",
        () -> desk.enrollments.create("orders", Optional.empty(), Duration.ofHours(1), 1, olga));
    acts.put("cancel", () -> desk.enrollments.cancel(open, olga));
    acts.put("hold", () -> desk.revocations.hold(serial, olga));
    acts.put("release", () -> desk.revocations.release(serial, olga));
    acts.put(
        "revoke",
        () ->
            desk.revocations.revoke(
                serial, RevocationReason.KEY_COMPROMISE, Optional.empty(), olga));
    acts.put(
        "revoke identity",
        () ->
            desk.revocations.revokeIdentity(
                "orders", RevocationReason.SUPERSEDED, Optional.empty(), olga));
    acts.put("restore", () -> desk.identities.restore("orders", olga));
    acts.put("issue", () -> done(desk.record(issued(orders, olga, dialect), newKey())));
    return acts;
  }

  private static Applicant issued(Identity orders, Mandate olga, Dialect dialect) {
    return new Applicant(
        orders,
        "peer",
        new OperatorProof(olga, orders.role(), Optional.empty(), dialect),
        olga.actor(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @OnEveryEngine
  void an_operator_whose_role_was_taken_meanwhile_does_nothing_more(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    SerialNumber serial = desk.issued(orders);
    String open = desk.enrollment("orders").enrollment().id();
    desk.identity("root", Optional.of(Role.ADMIN));
    Identity olga = desk.identity("olga", Optional.of(Role.OPERATOR));
    Mandate admitted = admitted(desk, olga);
    List<ThrowingCallable> changes = new ArrayList<>();
    changes.add(() -> give(desk, "olga", Optional.of(Role.AUDITOR)));
    changes.add(() -> give(desk, "olga", Optional.of(Role.ADMIN))); // known by an older certificate
    changes.add(() -> give(desk, "olga", Optional.empty()));
    changes.add(
        () ->
            desk.revocations.revokeIdentity(
                "olga", RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR));

    for (ThrowingCallable change : changes) {
      run(change);
      List<String> before = desk.actions();
      acts(desk, test.dialect(), admitted, orders, serial, open)
          .forEach((name, act) -> refused(Kind.FORBIDDEN, act));
      refused(
          Kind.FORBIDDEN,
          () ->
              desk.identities.add(
                  new NewIdentity("evil", "peer", Optional.empty(), Optional.empty(), Names.none()),
                  admitted));
      assertThat(desk.actions()).isEqualTo(before);
    }
  }

  @OnEveryEngine
  void an_operator_whose_certificate_was_revoked_meanwhile_does_nothing_more(TestDatabase test) {
    Desk desk = Desk.at(test);
    SerialNumber serial = desk.issued(desk.identity("orders"));
    String open = desk.enrollment("orders").enrollment().id();
    Identity olga = desk.identity("olga", Optional.of(Role.OPERATOR));
    SerialNumber hers = desk.issued(olga);
    Mandate admitted = Operators.of("olga", number(desk, hers));
    Identity orders = desk.identities.update("orders", OWNER, admitted);
    List<ThrowingCallable> changes = new ArrayList<>();
    changes.add(() -> desk.revocations.hold(hers, OPERATOR));
    changes.add(
        () ->
            desk.revocations.revoke(
                hers, RevocationReason.KEY_COMPROMISE, Optional.empty(), OPERATOR));

    for (ThrowingCallable change : changes) {
      run(change);
      List<String> before = desk.actions();
      acts(desk, test.dialect(), admitted, orders, serial, open)
          .forEach((name, act) -> refused(Kind.CERTIFICATE_REVOKED, act));
      assertThat(desk.actions()).isEqualTo(before);
    }
  }

  @OnEveryEngine
  void an_act_that_waits_for_the_revocation_of_its_operator_is_not_done(TestDatabase test) {
    if (test.dialect() == Dialect.H2) {
      return; // nothing waits: one connection writes
    }
    Desk desk = Desk.at(test);
    Desk other = desk.anotherNode(test);
    desk.identity("orders");
    Identity olga = desk.identity("olga", Optional.of(Role.OPERATOR));
    SerialNumber hers = desk.issued(olga);
    Mandate admitted = Operators.of("olga", number(desk, hers));
    List<Future<Identity>> acts = new ArrayList<>();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Mandate revoking =
          Desk.beforeCommit(
              () -> {
                acts.add(thread.submit(() -> desk.identities.update("orders", OWNER, admitted)));
                Desk.untilOneWaits(other.database, acts.get(0)::isDone);
              });
      other.revocations.hold(hers, revoking);

      assertThat(catchThrowable(() -> acts.get(0).get()))
          .hasCauseInstanceOf(Refusal.class)
          .hasMessageContaining("on hold");
    } finally {
      thread.shutdown();
    }
  }

  private static Mandate admitted(Desk desk, Identity operator) {
    return Operators.of(operator.name(), number(desk, desk.issued(operator)));
  }

  private static long number(Desk desk, SerialNumber serial) {
    return desk.certificates.find(serial).orElseThrow().number();
  }

  @OnEveryEngine
  void who_was_given_a_role_meanwhile_is_for_admins_alone(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    SerialNumber serial = desk.issued(orders);
    Mandate olga = admitted(desk, desk.identity("olga", Optional.of(Role.OPERATOR)));
    desk.identities.update("orders", OWNER, olga);

    Identity person = give(desk, "orders", Optional.of(Role.AUDITOR));
    String open = desk.enrollment("orders").enrollment().id();

    List<String> before = desk.actions();
    acts(desk, test.dialect(), olga, person, serial, open)
        .forEach((name, act) -> refused(Kind.FORBIDDEN, act));
    refused(Kind.FORBIDDEN, () -> give(desk, "orders", Optional.empty(), olga));
    desk.identity("billing");
    refused(Kind.FORBIDDEN, () -> give(desk, "billing", Optional.of(Role.AUDITOR), olga));
    assertThat(desk.actions()).hasSize(before.size() + 1);
  }

  @OnEveryEngine
  void who_was_an_admin_is_one_no_more(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity person = desk.identity("orders", Optional.of(Role.AUDITOR));
    SerialNumber serial = desk.issued(person);
    String open = desk.enrollment("orders").enrollment().id();
    desk.identity("root", Optional.of(Role.ADMIN));
    Identity admin = desk.identity("olga", Optional.of(Role.ADMIN));
    Mandate olga = Operators.admin("olga", number(desk, desk.issued(admin)));
    Identity owned = desk.identities.update("orders", OWNER, olga);

    give(desk, "olga", Optional.of(Role.OPERATOR));

    acts(desk, test.dialect(), olga, owned, serial, open)
        .forEach((name, act) -> refused(Kind.FORBIDDEN, act));
  }

  @OnEveryEngine
  void a_string_that_an_operator_makes_while_the_role_is_given_is_not_open(TestDatabase test) {
    Desk desk = Desk.at(test);
    Desk other = test.dialect() == Dialect.H2 ? desk : desk.anotherNode(test);
    Mandate olga = admitted(desk, desk.identity("olga", Optional.of(Role.OPERATOR)));
    for (int round = 0; round < 10; round++) {
      String name = desk.identity("ada" + round).name();

      List<Object> results =
          Race.of(
              () -> desk.enrollments.create(name, Optional.empty(), Duration.ofHours(1), 1, olga),
              () -> give(other, name, Optional.of(Role.ADMIN)));

      assertThat(results.get(1)).isInstanceOf(Identity.class);
      assertThat(
              desk.enrollments
                  .list(
                      new EnrollmentFilter(Optional.of(name), Optional.of(Enrollment.State.OPEN)),
                      Page.first(2))
                  .items())
          .as("after %s", results)
          .isEmpty();
      if (results.get(0) instanceof Refusal refusal) {
        assertThat(refusal.kind()).isEqualTo(Kind.FORBIDDEN);
      }
    }
  }

  private static void run(ThrowingCallable act) {
    try {
      act.call();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static Identity give(Desk desk, String name, Optional<Role> role) {
    return give(desk, name, role, OPERATOR);
  }

  private static Identity give(Desk desk, String name, Optional<Role> role, Mandate by) {
    return desk.identities.update(
        name,
        new IdentityChange(
            Optional.empty(),
            Optional.of(new RoleChange(role)),
            Optional.empty(),
            Optional.empty()),
        by);
  }
}
