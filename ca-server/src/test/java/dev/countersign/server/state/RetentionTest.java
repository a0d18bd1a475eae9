package dev.countersign.server.state;

import static dev.countersign.server.state.Cleaning.live;
import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Desk.applicant;
import static dev.countersign.server.state.Desk.done;
import static dev.countersign.server.state.Desk.newKey;
import static dev.countersign.server.state.Desk.renewing;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.cleaning.Retention;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.enrollment.CreatedEnrollment;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.OperatorProof;
import dev.countersign.server.ledger.EventFilter;
import dev.countersign.server.ledger.RecordedEvent;
import dev.countersign.server.refusal.Refusal.Kind;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What is kept for a time and then removed. Certificates of these tests live for a day. */
class RetentionTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Retention SHORT =
      new Retention(
          Duration.ofDays(30),
          Duration.ofDays(7),
          Optional.of(Duration.ofDays(30)),
          Optional.of(Duration.ofDays(60)));

  private static SerialNumber recorded(Desk desk, Applicant applicant, PublicKey key) {
    return done(desk.record(applicant, key)).certificate().serial();
  }

  private static Applicant operator(Desk desk, Identity identity, String idempotencyKey) {
    return applicant(
        identity,
        new OperatorProof(
            OPERATOR, Optional.empty(), Optional.of(idempotencyKey), desk.database.dialect()));
  }

  private static long count(Desk desk, String from) {
    return desk.database.read(
        handle -> handle.createQuery("select count(*) from " + from).mapTo(Long.class).one());
  }

  private static List<String> kept(Desk desk) {
    return desk.database.read(
        handle ->
            handle
                .createQuery("select serial from certificate order by number")
                .mapTo(String.class)
                .list());
  }

  /** Lists are made, something happens, and all is cleaned, every day. */
  private static void liveCleanly(Desk desk, CrlPublisher lists, Cleaning cleaning, int days) {
    for (int day = 0; day < days; day++) {
      live(desk, DAY);
      lists.publishDue();
      cleaning.clean();
    }
  }

  @OnEveryEngine
  void an_enrolment_is_removed_a_month_after_its_end_and_can_be_repeated_until_then(
      TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk);
    Identity orders = desk.identity("orders");
    CreatedEnrollment used = desk.enrollment("orders"); // open for an hour
    desk.enrollment("orders"); // expires
    PublicKey key = newKey();
    Applicant applicant = applicant(orders, desk.proofOf(used));
    SerialNumber serial = recorded(desk, applicant, key);

    live(desk, Duration.ofDays(30));
    cleaning.clean();
    assertThat(count(desk, "enrollment")).isEqualTo(2);
    assertThat(recorded(desk, applicant, key)).isEqualTo(serial);

    live(desk, Duration.ofHours(2));
    cleaning.clean();
    assertThat(count(desk, "enrollment")).isZero();
    assertThat(cleaning.removed).containsEntry("enrollments", 2);
    assertThat(count(desk, "certificate where retry_key is not null")).isZero();
    assertThat(kept(desk)).containsExactly(serial.toString());
    refused(Kind.NOT_FOUND, () -> recorded(desk, applicant, newKey()));
  }

  @OnEveryEngine
  void an_operators_key_names_one_request_for_a_week_and_then_a_new_one(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk);
    Identity orders = desk.identity("orders");
    PublicKey key = newKey();
    Applicant applicant = operator(desk, orders, "deploy-1");
    SerialNumber first = recorded(desk, applicant, key);
    live(desk, Duration.ofDays(3));
    SerialNumber second = recorded(desk, operator(desk, orders, "deploy-2"), newKey());
    SerialNumber renewed = desk.renewed(orders, second);

    live(desk, Duration.ofDays(4));
    cleaning.clean();
    assertThat(recorded(desk, applicant, key)).as("in its week").isEqualTo(first);
    refused(Kind.IDEMPOTENCY_MISMATCH, () -> recorded(desk, applicant, newKey()));

    live(desk, Duration.ofSeconds(1));
    cleaning.clean();
    assertThat(cleaning.removed).containsEntry("retry-keys", 1);
    SerialNumber anew = recorded(desk, applicant, newKey());
    assertThat(anew).isNotEqualTo(first);

    live(desk, Duration.ofDays(3));
    cleaning.clean();
    assertThat(cleaning.removed).as("of the renewal too").containsEntry("retry-keys", 3);
    assertThat(
            count(
                desk,
                "guard join certificate on number = last_number where name = 'retry' and serial = '"
                    + renewed
                    + "'"))
        .as("up to where it has gone, once")
        .isEqualTo(1);
    assertThat(kept(desk))
        .containsExactly(first.toString(), second.toString(), renewed.toString(), anew.toString());
  }

  @OnEveryEngine
  void the_key_of_an_enrolment_outlives_the_week(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk);
    Identity orders = desk.identity("orders");
    Applicant applicant = applicant(orders, desk.proofOf(desk.enrollment("orders")));
    PublicKey key = newKey();
    SerialNumber serial = recorded(desk, applicant, key);
    live(desk, Duration.ofDays(20));
    cleaning.clean();
    assertThat(recorded(desk, applicant, key)).isEqualTo(serial);
  }

  @OnEveryEngine
  void many_are_removed_in_several_writes(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk);
    desk.identity("orders");
    for (int i = 0; i < 450; i++) {
      desk.enrollment("orders");
    }
    live(desk, Duration.ofDays(31));
    cleaning.clean();
    assertThat(count(desk, "enrollment")).isZero();
    assertThat(cleaning.removed).containsEntry("enrollments", 450);
  }

  @OnEveryEngine
  void certificates_and_events_are_kept_for_ever_when_nothing_is_said(TestDatabase test) {
    Desk desk = Desk.at(test);
    CrlPublisher lists = desk.publisher();
    Cleaning cleaning = Cleaning.of(desk);
    SerialNumber serial = desk.issued(desk.identity("orders"));
    long first = desk.events(EventFilter.all()).get(0).sequence();
    for (int year = 0; year < 10; year++) {
      live(desk, Duration.ofDays(365));
      lists.publishDue();
      cleaning.clean();
    }
    assertThat(kept(desk)).containsExactly(serial.toString());
    assertThat(desk.events(EventFilter.all()).get(0).sequence()).isEqualTo(first);
  }

  @OnEveryEngine
  void an_expired_certificate_goes_with_its_names_and_its_key_and_leaves_an_event(
      TestDatabase test) {
    Desk desk = Desk.at(test);
    CrlPublisher lists = desk.publisher();
    Cleaning cleaning = Cleaning.of(desk, SHORT);
    Identity orders = desk.identity("orders");
    PublicKey key = newKey();
    desk.issued(orders, key);
    liveCleanly(desk, lists, cleaning, 31);
    assertThat(kept(desk)).hasSize(1);
    assertThat(count(desk, "certificate_name")).isPositive();

    liveCleanly(desk, lists, cleaning, 1);
    assertThat(kept(desk)).isEmpty();
    assertThat(count(desk, "certificate_name")).isZero();
    assertThat(count(desk, "subject_key")).isZero();
    List<RecordedEvent> events =
        desk.events(
            new EventFilter(
                Optional.empty(), Optional.empty(), Optional.of("certificate.removed")));
    assertThat(events).hasSize(1);
    assertThat(events.get(0).event().details()).containsEntry("count", "1");
    desk.issued(desk.identity("billing"), key);
  }

  @OnEveryEngine
  void a_key_that_is_denied_stays_denied_when_its_certificate_is_gone(TestDatabase test) {
    Desk desk = Desk.at(test);
    CrlPublisher lists = desk.publisher();
    Cleaning cleaning = Cleaning.of(desk, SHORT);
    Identity orders = desk.identity("orders");
    PublicKey key = newKey();
    SerialNumber stolen = desk.issued(orders, key);
    desk.revocations.revoke(stolen, RevocationReason.KEY_COMPROMISE, Optional.empty(), OPERATOR);
    SerialNumber newest = desk.issued(orders);
    desk.revocations.revoke(newest, RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR);
    liveCleanly(desk, lists, cleaning, 33);
    assertThat(kept(desk)).as("whose denial stays").containsExactly(newest.toString());
    refused(Kind.BAD_PUBLIC_KEY, () -> desk.issued(orders, key));
  }

  @OnEveryEngine
  void one_that_a_list_still_needs_stays(TestDatabase test) {
    Desk desk = Desk.at(test);
    CrlPublisher lists = desk.publisher();
    Cleaning cleaning = Cleaning.of(desk, SHORT);
    Identity orders = desk.identity("orders");
    SerialNumber good = desk.issued(orders);
    lists.publishDue();
    live(desk, Duration.ofDays(100));
    cleaning.clean();
    assertThat(kept(desk))
        .as("of its time no later list was made")
        .containsExactly(good.toString());
    lists.publishDue();
    live(desk, Duration.ofDays(2));
    lists.publishDue();
    cleaning.clean();
    assertThat(kept(desk)).isEmpty();
  }

  @OnEveryEngine
  void what_has_to_fall_with_a_stolen_key_is_found_also_by_certificates_that_expired(
      TestDatabase test) {
    Desk desk = Desk.at(test);
    CrlPublisher lists = desk.publisher();
    Cleaning cleaning = Cleaning.of(desk, SHORT);
    Identity orders = desk.identity("orders");
    PublicKey key = newKey();
    SerialNumber first =
        done(desk.certificates.record(
                desk.signed(orders, key, Duration.ofDays(60)),
                applicant(orders, desk.proofOf(desk.enrollment("orders")))))
            .certificate()
            .serial();
    SerialNumber middle = desk.renewed(orders, first);
    SerialNumber last = desk.renewed(orders, middle);
    Identity billing = desk.identity("billing");
    PublicKey kept = newKey();
    SerialNumber gone = desk.issued(billing);
    SerialNumber before = recorded(desk, renewing(billing, gone), kept);
    SerialNumber after = desk.renewed(billing, before);
    liveCleanly(desk, lists, cleaning, 31);
    SerialNumber again = desk.issued(billing, kept);
    liveCleanly(desk, lists, cleaning, 2);

    assertThat(kept(desk))
        .containsExactly(
            first.toString(),
            middle.toString(),
            last.toString(),
            before.toString(),
            after.toString(),
            again.toString());
    for (int day = 0; day < 60; day++) {
      live(desk, DAY);
      lists.publishDue();
    }
    cleaning.clean();
    assertThat(kept(desk)).as("chains at once, from their beginning").isEmpty();
    assertThat(cleaning.removed).containsEntry("certificates", 7);
  }

  @OnEveryEngine
  void old_events_go_in_their_order_and_leave_one(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk, SHORT);
    desk.identity("orders");
    long oldest = desk.events(EventFilter.all()).get(0).sequence();
    live(desk, Duration.ofDays(50));
    long younger = desk.events(EventFilter.all()).get(1).sequence();
    live(desk, Duration.ofDays(10).plusSeconds(1));
    cleaning.clean();

    List<RecordedEvent> left = desk.events(EventFilter.all());
    assertThat(left.get(0).sequence()).isEqualTo(younger);
    RecordedEvent newest = left.get(left.size() - 1);
    assertThat(newest.event().action()).isEqualTo("event.removed");
    assertThat(newest.event().details())
        .containsEntry("count", "1")
        .containsEntry("upTo", String.valueOf(oldest));
  }

  @OnEveryEngine
  void events_of_cleaning_do_not_make_a_wrong_clock_right(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk, SHORT);
    for (int day = 0; day < 62; day++) {
      live(desk, DAY);
    }
    cleaning.clean();
    desk.clock.advance(Duration.ofDays(365));
    cleaning.clean(); // a day's events at most
    long oldest = desk.events(EventFilter.all()).get(0).sequence();
    for (int round = 0; round < 5; round++) {
      cleaning.clean();
    }
    assertThat(desk.events(EventFilter.all()).get(0).sequence()).isEqualTo(oldest);
  }
}
