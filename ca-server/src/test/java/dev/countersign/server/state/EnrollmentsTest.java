package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.EnrollmentKey;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.enrollment.CreatedEnrollment;
import dev.countersign.server.enrollment.Enrollment;
import dev.countersign.server.enrollment.Enrollment.State;
import dev.countersign.server.enrollment.EnrollmentFilter;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.ledger.Act;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import dev.countersign.server.refusal.Refusal.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class EnrollmentsTest {

  @OnEveryEngine
  void the_string_has_the_seed_and_the_database_only_the_public_key(TestDatabase test)
      throws Exception {
    Desk desk = Desk.at(test);
    desk.identity("orders");

    CreatedEnrollment created = desk.enrollment("orders");

    EnrollmentString string = EnrollmentString.parse(created.string().encode());
    Enrollment kept = desk.enrollments.find(string.enrollmentId()).orElseThrow();
    byte[] message = "hello".getBytes(StandardCharsets.UTF_8);
    byte[] signature = EnrollmentKey.derive(string.seed()).sign(message);
    assertThat(EnrollmentKey.verify(kept.publicKey(), message, signature)).isTrue();
    assertThat(kept.expiresAt()).isEqualTo(string.notAfter());
    assertThat(kept.state()).isEqualTo(State.OPEN);
    assertThat(kept.usesLeft()).isEqualTo(1);
    assertThat(kept.createdBy()).isEqualTo(OPERATOR.actor().name());
    assertThat(desk.actions()).containsExactly("identity.added", "enrollment.created");
  }

  @OnEveryEngine
  void a_list_is_newest_first_and_knows_all_four_states(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    desk.identity("billing");
    Enrollment expired =
        desk.enrollments
            .create("orders", Optional.empty(), Duration.ofMinutes(1), 1, OPERATOR)
            .enrollment();
    desk.clock.advance(Duration.ofMinutes(1));
    CreatedEnrollment used = desk.enrollment("orders");
    Desk.done(desk.record(Desk.applicant(orders, desk.proofOf(used)), Desk.newKey()));
    Enrollment cancelled = desk.enrollment("orders").enrollment();
    desk.enrollments.cancel(cancelled.id(), OPERATOR);
    Enrollment open = desk.enrollment("orders").enrollment();
    desk.enrollment("billing");

    List<String> ids = new ArrayList<>();
    EnrollmentFilter filter = new EnrollmentFilter(Optional.of("orders"), Optional.empty());
    Paged<Enrollment> read = desk.enrollments.list(filter, Page.first(3));
    read.items().forEach(e -> ids.add(e.id()));
    read = desk.enrollments.list(filter, Page.first(3).after(read.next().orElseThrow()));
    read.items().forEach(e -> ids.add(e.id()));
    assertThat(read.next()).isEmpty();
    assertThat(ids)
        .containsExactly(open.id(), cancelled.id(), used.enrollment().id(), expired.id());
    assertThat(inState(desk, State.OPEN)).containsExactly(open.id());
    assertThat(inState(desk, State.EXPIRED)).containsExactly(expired.id());
    assertThat(inState(desk, State.USED)).containsExactly(used.enrollment().id());
    assertThat(inState(desk, State.CANCELLED)).containsExactly(cancelled.id());
  }

  private static List<String> inState(Desk desk, State state) {
    return desk
        .enrollments
        .list(new EnrollmentFilter(Optional.of("orders"), Optional.of(state)), Page.first(9))
        .items()
        .stream()
        .map(Enrollment::id)
        .toList();
  }

  /** On a command line it would be an option. One in 64 would, so of 500 some. */
  @OnEveryEngine
  void no_id_begins_with_a_hyphen(TestDatabase test) {
    Desk desk = Desk.at(test);
    desk.identity("orders");
    for (int i = 0; i < 500; i++) {
      assertThat(desk.enrollment("orders").enrollment().id()).doesNotStartWith("-");
    }
  }

  @OnEveryEngine
  void cancelling_twice_changes_nothing_and_a_used_one_cannot_be_cancelled(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    String open = desk.enrollment("orders").enrollment().id();
    CreatedEnrollment used = desk.enrollment("orders");
    Desk.done(desk.record(Desk.applicant(orders, desk.proofOf(used)), Desk.newKey()));

    Act<Enrollment> first = desk.enrollments.cancel(open, OPERATOR);
    assertThat(first.changed()).isTrue();
    assertThat(first.result().state()).isEqualTo(State.CANCELLED);
    Act<Enrollment> again = desk.enrollments.cancel(open, OPERATOR);
    assertThat(again.changed()).isFalse();
    assertThat(again.result().cancelledAt()).isPresent().isEqualTo(first.result().cancelledAt());
    refused(Kind.CONFLICT, () -> desk.enrollments.cancel(used.enrollment().id(), OPERATOR));
    refused(Kind.NOT_FOUND, () -> desk.enrollments.cancel("unknown", OPERATOR));
    assertThat(desk.actions()).filteredOn("enrollment.cancelled"::equals).hasSize(1);
  }

  @OnEveryEngine(Dialect.H2)
  void an_enrolment_that_cannot_be_is_refused(TestDatabase test) {
    Desk desk = Desk.at(test);
    desk.identity("orders");
    Optional<String> own = Optional.empty();
    Duration hour = Duration.ofHours(1);

    refused(Kind.NOT_FOUND, () -> desk.enrollments.create("billing", own, hour, 1, OPERATOR));
    refused(
        Kind.NOT_ALLOWED, () -> desk.enrollments.create("countersignd", own, hour, 1, OPERATOR));
    refused(
        Kind.MALFORMED,
        () -> desk.enrollments.create("orders", Optional.of("none"), hour, 1, OPERATOR));
    refused(Kind.MALFORMED, () -> desk.enrollments.create("orders", own, hour, 0, OPERATOR));
    refused(Kind.MALFORMED, () -> desk.enrollments.create("orders", own, hour, 1001, OPERATOR));
    refused(
        Kind.MALFORMED,
        () -> desk.enrollments.create("orders", own, Duration.ofDays(31), 1, OPERATOR));
    refused(
        Kind.MALFORMED, () -> desk.enrollments.create("orders", own, Duration.ZERO, 1, OPERATOR));
    desk.revocations.revokeIdentity(
        "orders", RevocationReason.UNSPECIFIED, Optional.empty(), OPERATOR);
    refused(Kind.IDENTITY_REVOKED, () -> desk.enrollments.create("orders", own, hour, 1, OPERATOR));
  }
}
