package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.ISSUER;
import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Desk.newKey;
import static dev.countersign.server.state.Desk.renewing;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.enrollment.Enrollment;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.issuance.SignedCertificate;
import dev.countersign.server.ledger.Act;
import dev.countersign.server.ledger.EventFilter;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import dev.countersign.server.revocation.Change;
import dev.countersign.server.revocation.IdentityRevocation;
import dev.countersign.server.revocation.Revocation;
import dev.countersign.server.revocation.Status;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

class RevocationsTest {

  private static final Optional<Instant> NO_DATE = Optional.empty();

  private static long denials(Desk desk) {
    List<Change> changes = new ArrayList<>();
    desk.revoked.follow(ISSUER, 0, Long.MAX_VALUE, changes::add);
    return changes.size();
  }

  @OnEveryEngine
  void revoking_twice_is_revoking_once(TestDatabase test) {
    Desk desk = Desk.at(test);
    SerialNumber serial = desk.issued(desk.identity("orders"));
    Optional<Instant> since = Optional.of(desk.clock.instant().minusSeconds(60));

    Act<Revocation> act =
        desk.revocations.revoke(serial, RevocationReason.SUPERSEDED, since, OPERATOR);
    Revocation first = act.result();
    desk.clock.advance(Duration.ofMinutes(1));
    Act<Revocation> again =
        desk.revocations.revoke(serial, RevocationReason.SUPERSEDED, since, OPERATOR);

    assertThat(act.changed()).isTrue();
    assertThat(again).isEqualTo(new Act<>(first, false));
    assertThat(first.all()).containsExactly(serial);
    Status status = desk.statuses.of(ISSUER, serial).orElseThrow();
    assertThat(status.state()).isEqualTo(CertificateStatus.REVOKED);
    assertThat(status.denial().orElseThrow().invalidityDate()).isEqualTo(since);
    assertThat(status.denial().orElseThrow().revokedAt()).isEqualTo(first.revokedAt());
    assertThat(desk.told).containsExactly(Set.of(ISSUER));
    assertThat(desk.actions()).filteredOn("certificate.revoked"::equals).hasSize(1);
    assertThat(denials(desk)).isEqualTo(1);
  }

  @OnEveryEngine
  void an_invalidity_date_lies_between_the_beginning_and_now(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    SerialNumber serial = desk.issued(orders);
    Instant began = desk.certificates.find(serial).orElseThrow().certificate().notBefore();
    desk.clock.advance(Duration.ofDays(1));
    Instant now = desk.clock.instant();

    for (Instant wrong :
        List.of(
            now.plusSeconds(1),
            Instant.parse("+10000-01-01T00:00:00Z"),
            Instant.MAX,
            began.minusSeconds(1),
            Instant.MIN)) {
      Optional<Instant> date = Optional.of(wrong);
      dateRefused(
          () -> desk.revocations.revoke(serial, RevocationReason.KEY_COMPROMISE, date, OPERATOR));
      dateRefused(
          () ->
              desk.revocations.revokeIdentity(
                  "orders", RevocationReason.KEY_COMPROMISE, date, OPERATOR));
    }
    assertThat(desk.revoked.lastNumber(ISSUER)).isZero();
    desk.revocations.revoke(serial, RevocationReason.SUPERSEDED, Optional.of(began), OPERATOR);
    desk.revocations.revokeIdentity(
        "orders", RevocationReason.SUPERSEDED, Optional.of(now), OPERATOR);
  }

  private static void dateRefused(ThrowingCallable act) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.kind()).isEqualTo(Kind.MALFORMED);
              assertThat(refusal.pointer()).contains("/invalidityDate");
            });
  }

  @OnEveryEngine
  void what_is_unknown_is_not_revoked(TestDatabase test) {
    Desk desk = Desk.at(test);
    SerialNumber serial = desk.issued(desk.identity("orders"));
    SerialNumber unknown = SerialNumber.parse("1234");

    refused(
        Kind.NOT_FOUND,
        () -> desk.revocations.revoke(unknown, RevocationReason.SUPERSEDED, NO_DATE, OPERATOR));
    refused(Kind.NOT_FOUND, () -> desk.revocations.hold(unknown, OPERATOR));
    refused(Kind.NOT_FOUND, () -> desk.revocations.release(unknown, OPERATOR));
    refused(
        Kind.MALFORMED,
        () -> desk.revocations.revoke(serial, RevocationReason.REMOVE_FROM_CRL, NO_DATE, OPERATOR));
    assertThat(desk.statuses.of(ISSUER, unknown)).isEmpty();
    assertThat(desk.statuses.of("issuing-2", serial)).isEmpty();
    assertThat(desk.statuses.of(ISSUER, serial).orElseThrow().denial()).isEmpty();
  }

  @OnEveryEngine
  void a_hold_can_be_lifted_and_a_revocation_cannot(TestDatabase test) {
    Desk desk = Desk.at(test);
    SerialNumber serial = desk.issued(desk.identity("orders"));

    Act<Revocation> held =
        desk.revocations.revoke(serial, RevocationReason.CERTIFICATE_HOLD, NO_DATE, OPERATOR);
    assertThat(held.changed()).isTrue();
    assertThat(desk.revocations.hold(serial, OPERATOR)).isEqualTo(new Act<>(held.result(), false));
    assertThat(desk.statuses.of(ISSUER, serial).orElseThrow().state())
        .isEqualTo(CertificateStatus.HELD);
    assertThat(desk.revocations.release(serial, OPERATOR).changed()).isTrue();
    assertThat(desk.revocations.release(serial, OPERATOR).changed()).isFalse();
    assertThat(desk.statuses.of(ISSUER, serial).orElseThrow().denial()).isEmpty();

    desk.revocations.hold(serial, OPERATOR);
    desk.revocations.revoke(serial, RevocationReason.SUPERSEDED, NO_DATE, OPERATOR);
    refused(Kind.CONFLICT, () -> desk.revocations.release(serial, OPERATOR));
    refused(Kind.CONFLICT, () -> desk.revocations.hold(serial, OPERATOR));
    assertThat(desk.actions())
        .containsExactly(
            "identity.added",
            "certificate.issued",
            "certificate.held",
            "certificate.released",
            "certificate.held",
            "certificate.revoked");
    assertThat(denials(desk)).isEqualTo(4);
    assertThat(desk.told).hasSize(4);
  }

  @OnEveryEngine
  void a_reason_is_raised_to_key_compromise_and_never_lowered(TestDatabase test) {
    Desk desk = Desk.at(test);
    SerialNumber serial = desk.issued(desk.identity("orders"));
    Instant first =
        desk.revocations
            .revoke(serial, RevocationReason.SUPERSEDED, NO_DATE, OPERATOR)
            .result()
            .revokedAt();
    desk.clock.advance(Duration.ofHours(1));

    Act<Revocation> act =
        desk.revocations.revoke(serial, RevocationReason.KEY_COMPROMISE, NO_DATE, OPERATOR);
    Revocation raised = act.result();
    assertThat(act.changed()).isTrue();
    assertThat(raised.reason()).isEqualTo(RevocationReason.KEY_COMPROMISE);
    assertThat(raised.revokedAt()).isEqualTo(first);
    assertThat(
            desk.revocations
                .revoke(serial, RevocationReason.SUPERSEDED, NO_DATE, OPERATOR)
                .result()
                .reason())
        .isEqualTo(RevocationReason.KEY_COMPROMISE);
    assertThat(denials(desk)).isEqualTo(2);
  }

  @OnEveryEngine
  void revokes_what_was_renewed_from_a_stolen_key(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    PublicKey stolen = newKey();
    SerialNumber before = desk.issued(orders);
    SerialNumber named =
        Desk.done(desk.record(renewing(orders, before), stolen)).certificate().serial();
    SerialNumber child = desk.renewed(orders, named);
    SerialNumber grandchild = desk.renewed(orders, child);
    SerialNumber sibling = desk.renewed(orders, before);
    SerialNumber sameKey = desk.issued(orders, stolen);
    SerialNumber ofSameKey = desk.renewed(orders, sameKey);
    desk.revocations.revoke(child, RevocationReason.SUPERSEDED, NO_DATE, OPERATOR);

    Revocation revocation =
        desk.revocations.revoke(named, RevocationReason.KEY_COMPROMISE, NO_DATE, OPERATOR).result();

    assertThat(revocation.all())
        .startsWith(named)
        .containsExactlyInAnyOrder(named, child, grandchild, sameKey, ofSameKey);
    for (SerialNumber fallen : revocation.all()) {
      assertThat(desk.statuses.of(ISSUER, fallen).orElseThrow().denial().orElseThrow().reason())
          .isEqualTo(RevocationReason.KEY_COMPROMISE);
    }
    for (SerialNumber good : List.of(before, sibling)) {
      assertThat(desk.statuses.of(ISSUER, good).orElseThrow().denial()).isEmpty();
    }
    assertThat(desk.revocations.revoke(named, RevocationReason.KEY_COMPROMISE, NO_DATE, OPERATOR))
        .isEqualTo(new Act<>(revocation, false));
    assertThat(desk.events(EventFilter.all().ofSerial(grandchild.toString())))
        .last()
        .satisfies(e -> assertThat(e.event().details()).containsEntry("because", named.toString()));
  }

  @OnEveryEngine
  void another_reason_leaves_the_renewals_alone(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    SerialNumber first = desk.issued(orders);
    SerialNumber second = desk.renewed(orders, first);

    desk.revocations.revoke(first, RevocationReason.SUPERSEDED, NO_DATE, OPERATOR);

    assertThat(desk.statuses.of(ISSUER, second).orElseThrow().denial()).isEmpty();
  }

  @OnEveryEngine
  void nothing_is_renewed_past_a_revocation_that_runs(TestDatabase test) {
    Desk desk = Desk.at(test);
    Desk other = test.dialect() == Dialect.H2 ? desk : desk.anotherNode(test);
    for (int round = 0; round < 10; round++) {
      Identity identity = desk.identity("orders" + round);
      SerialNumber stolen = desk.issued(identity);
      SerialNumber second = desk.renewed(identity, stolen);
      SignedCertificate third = desk.signed(identity, newKey());
      Callable<?> renew =
          () -> Desk.done(other.certificates.record(third, renewing(identity, second)));
      Callable<?> revoke =
          () -> desk.revocations.revoke(stolen, RevocationReason.KEY_COMPROMISE, NO_DATE, OPERATOR);

      List<Object> results = Race.of(renew, revoke);

      for (SerialNumber serial :
          desk.certificates.lineage(desk.certificates.find(stolen).orElseThrow())) {
        assertThat(desk.statuses.of(ISSUER, serial).orElseThrow().state())
            .as("%s", results)
            .isEqualTo(CertificateStatus.REVOKED);
      }
    }
  }

  @OnEveryEngine
  void revoking_an_identity_takes_all_of_it_at_once(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    SerialNumber active = desk.issued(orders);
    SerialNumber held = desk.issued(orders);
    SerialNumber before = desk.issued(orders);
    SerialNumber others = desk.issued(desk.identity("billing"));
    desk.revocations.hold(held, OPERATOR);
    desk.revocations.revoke(before, RevocationReason.SUPERSEDED, NO_DATE, OPERATOR);
    String open = desk.enrollment("orders").enrollment().id();
    String cancelled = desk.enrollment("orders").enrollment().id();
    desk.enrollments.cancel(cancelled, OPERATOR);
    desk.clock.advance(Duration.ofSeconds(1));
    assertThat(
            desk.revocations
                .revokeIdentity(
                    desk.identity("idle").name(), RevocationReason.SUPERSEDED, NO_DATE, OPERATOR)
                .changed())
        .as("without certificates")
        .isTrue();
    int commits = test.faults().commits();

    Act<IdentityRevocation> act =
        desk.revocations.revokeIdentity(
            "orders", RevocationReason.PRIVILEGE_WITHDRAWN, NO_DATE, OPERATOR);
    IdentityRevocation revocation = act.result();
    assertThat(act.changed()).isTrue();

    assertThat(test.faults().commits()).isEqualTo(commits + 1);
    assertThat(revocation.revoked()).containsExactly(active, held);
    assertThat(revocation.cancelledEnrollments()).containsExactly(open);
    Identity revoked = desk.identities.find("orders").orElseThrow();
    assertThat(revoked.isActive()).isFalse();
    assertThat(revoked.revocationReason()).contains(RevocationReason.PRIVILEGE_WITHDRAWN);
    assertThat(revoked.revokedAt()).contains(revocation.revokedAt());
    assertThat(desk.enrollments.find(open).orElseThrow().state())
        .isEqualTo(Enrollment.State.CANCELLED);
    assertThat(desk.statuses.of(ISSUER, others).orElseThrow().denial()).isEmpty();
    assertThat(desk.statuses.of(ISSUER, before).orElseThrow().denial().orElseThrow().reason())
        .isEqualTo(RevocationReason.SUPERSEDED);

    desk.clock.advance(Duration.ofSeconds(1));
    assertThat(
            desk.revocations.revokeIdentity(
                "orders", RevocationReason.PRIVILEGE_WITHDRAWN, NO_DATE, OPERATOR))
        .isEqualTo(new Act<>(revocation, false));
    Act<IdentityRevocation> raising =
        desk.revocations.revokeIdentity(
            "orders", RevocationReason.KEY_COMPROMISE, NO_DATE, OPERATOR);
    assertThat(raising.changed()).isTrue();
    IdentityRevocation raised = raising.result();
    assertThat(raised.reason()).isEqualTo(RevocationReason.KEY_COMPROMISE);
    assertThat(raised.revoked()).isEqualTo(revocation.revoked());
    refused(
        Kind.NOT_FOUND,
        () ->
            desk.revocations.revokeIdentity(
                "nobody", RevocationReason.UNSPECIFIED, NO_DATE, OPERATOR));
    refused(
        Kind.NOT_ALLOWED,
        () ->
            desk.revocations.revokeIdentity(
                "countersignd", RevocationReason.UNSPECIFIED, NO_DATE, OPERATOR));
    refused(
        Kind.MALFORMED,
        () ->
            desk.revocations.revokeIdentity(
                "billing", RevocationReason.CERTIFICATE_HOLD, NO_DATE, OPERATOR));
  }

  @OnEveryEngine
  void what_is_denied_and_released_is_followed_in_its_order(TestDatabase test) {
    Desk desk = Desk.at(test);
    SerialNumber one = desk.issued(desk.identity("orders"));
    SerialNumber other = desk.issued(desk.identity("billing"));
    Optional<Instant> date = Optional.of(desk.clock.instant());
    desk.revocations.hold(other, OPERATOR);
    desk.revocations.revoke(one, RevocationReason.KEY_COMPROMISE, date, OPERATOR);
    desk.revocations.release(other, OPERATOR);

    List<Change> changes = new ArrayList<>();
    desk.revoked.follow(ISSUER, 0, Long.MAX_VALUE, changes::add);
    Instant notAfter = desk.certificates.find(one).orElseThrow().certificate().notAfter();
    assertThat(changes)
        .extracting(Change::number)
        .isSorted()
        .doesNotHaveDuplicates()
        .endsWith(desk.revoked.lastNumber());
    assertThat(changes).extracting(Change::serial).containsExactly(other, one, other);
    assertThat(changes.get(0).denial().orElseThrow().reason())
        .isEqualTo(RevocationReason.CERTIFICATE_HOLD);
    assertThat(changes.get(1).denial())
        .isEqualTo(desk.statuses.of(ISSUER, one).orElseThrow().denial());
    assertThat(changes.get(1).notAfter()).isEqualTo(notAfter);
    assertThat(changes.get(2).denial()).isEmpty();

    List<Change> some = new ArrayList<>();
    desk.revoked.follow(ISSUER, changes.get(0).number(), changes.get(1).number(), some::add);
    assertThat(some).containsExactly(changes.get(1));
    desk.revoked.follow("issuing-2", 0, Long.MAX_VALUE, some::add);
    assertThat(some).hasSize(1);
    assertThat(desk.revoked.lastNumber("issuing-2")).isZero();
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void numbers_grow_in_the_order_of_commits_on_two_servers(TestDatabase test) {
    Desk desk = Desk.at(test);
    Desk other = desk.anotherNode(test);
    Identity orders = desk.identity("orders");
    Identity billing = desk.identity("billing");
    List<Callable<?>> acts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      SerialNumber one = desk.issued(orders);
      SerialNumber another = desk.issued(billing);
      acts.add(() -> desk.revocations.revoke(one, RevocationReason.SUPERSEDED, NO_DATE, OPERATOR));
      acts.add(
          () -> other.revocations.revoke(another, RevocationReason.SUPERSEDED, NO_DATE, OPERATOR));
    }

    assertThat(Race.of(acts)).allMatch(result -> result instanceof Act<?> act && act.changed());
    assertThat(denials(desk)).isEqualTo(20);
    List<Long> numbers =
        desk.database.read(
            handle ->
                handle
                    .createQuery(
                        "select revocation_sequence from certificate order by revocation_sequence")
                    .mapTo(Long.class)
                    .list());
    assertThat(numbers).doesNotHaveDuplicates().hasSize(20);
    List<Change> changes = new ArrayList<>();
    desk.revoked.follow(ISSUER, 0, Long.MAX_VALUE, changes::add);
    assertThat(changes).extracting(Change::number).isEqualTo(numbers);
    assertThat(counted(desk)).isEqualTo(20);
  }

  private static long counted(Desk desk) {
    return desk.database.read(
        handle ->
            handle
                .createQuery("select last_number from guard where name = 'denials'")
                .mapTo(Long.class)
                .one());
  }

  @OnEveryEngine
  void what_is_denied_after_the_last_denials_were_lost_is_newer_than_those(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    List<SerialNumber> serials = List.of(desk.issued(orders), desk.issued(orders));
    desk.revocations.hold(serials.get(0), OPERATOR);
    desk.revocations.hold(serials.get(1), OPERATOR);
    long told = desk.revoked.lastNumber();
    desk.database.writeAndWait( // a standby that had none of it
        handle ->
            handle.execute("delete from denial")
                + handle.execute("update certificate set status = 'active'")
                + handle.execute("update guard set last_number = 0 where name = 'revocation'"));
    desk.clock.advance(Duration.ofSeconds(1));
    desk.revocations.hold(serials.get(0), OPERATOR);
    assertThat(desk.revoked.lastNumber()).isGreaterThan(told);
    assertThat(desk.revoked.beginOfLast(told, Long.MAX_VALUE, 10)).isEqualTo(told);

    desk.clock.advance(Duration.ofDays(-1)); // a clock that goes back
    long last = desk.revoked.lastNumber();
    desk.revocations.hold(serials.get(1), OPERATOR);
    assertThat(desk.revoked.lastNumber()).isEqualTo(last + 1);
  }
}
