package dev.countersign.server.state;

import static dev.countersign.server.state.Cleaning.live;
import static dev.countersign.server.state.Desk.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.cleaning.Retention;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.verification.Finding;
import dev.countersign.server.verification.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** That {@code countersignd verify} does not miss what was removed, and misses what was lost. */
class CleanedIsWholeTest {
  private static final Retention NO_EVENTS =
      new Retention(
          Duration.ofDays(30),
          Duration.ofDays(7),
          Optional.of(Duration.ofDays(60)),
          Optional.of(Duration.ofDays(30)));
  private static final Retention ALL_EVENTS =
      new Retention(
          Duration.ofDays(30),
          Duration.ofDays(7),
          Optional.of(Duration.ofDays(30)),
          Optional.empty());

  private static void revoke(Desk desk, SerialNumber serial) {
    desk.revocations.revoke(serial, RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR);
  }

  /** Some that are renewed, held, released and revoked, and the same again later. */
  private static Cleaning lifeOf(Desk desk, Retention retention) {
    CrlPublisher lists = desk.publisher();
    Cleaning cleaning = Cleaning.of(desk, retention);
    Identity orders = desk.identity("orders");
    for (int month = 0; month < 3; month++) {
      SerialNumber first = desk.issued(orders);
      desk.renewed(orders, first);
      SerialNumber held = desk.issued(orders);
      desk.revocations.hold(held, OPERATOR);
      desk.revocations.release(held, OPERATOR);
      revoke(desk, first);
      revoke(desk, desk.issued(orders));
      for (int day = 0; day < 20; day++) {
        live(desk, Duration.ofDays(1));
        lists.publishDue();
        cleaning.clean();
      }
    }
    return cleaning;
  }

  private static List<String> missed(Desk desk) {
    return desk.database.read(
        handle ->
            Verification.of(handle, (table, row, of) -> assertThat(row).isPositive())
                .first()
                .stream()
                .map(Finding::toString)
                .toList());
  }

  private static List<String> missedWithout(Desk desk, String rows) {
    desk.database.writeAndWait(handle -> handle.execute("delete from " + rows));
    return missed(desk);
  }

  @OnEveryEngine
  void what_was_removed_is_not_missed_and_what_was_lost_is(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = lifeOf(desk, ALL_EVENTS);
    assertThat(cleaning.removed.get("denials")).isGreaterThanOrEqualTo(10);
    assertThat(cleaning.removed.get("certificates")).isPositive();
    assertThat(missed(desk)).isEmpty();

    assertThat(
            missedWithout(desk, "certificate where number = (select max(number) from certificate)"))
        .anyMatch(told -> told.contains("there is no such certificate"));
  }

  @OnEveryEngine
  void a_denial_that_was_lost_is_missed_beside_those_that_were_removed(TestDatabase test) {
    Desk desk = Desk.at(test);
    lifeOf(desk, ALL_EVENTS);
    Identity orders = desk.identity("billing");
    SerialNumber lost = desk.issued(orders);
    revoke(desk, lost);
    revoke(desk, desk.issued(orders));
    assertThat(missed(desk)).isEmpty();
    assertThat(missedWithout(desk, "denial where serial = '" + lost + "'"))
        .anyMatch(told -> told.contains("denial all: 1 are missing"))
        .anyMatch(told -> told.contains("there is no denial"));
  }

  @OnEveryEngine
  void events_that_were_removed_are_not_missed_and_one_that_was_lost_is(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = lifeOf(desk, NO_EVENTS);
    assertThat(cleaning.removed.get("events")).isPositive();
    assertThat(missed(desk)).isEmpty();
    desk.issued(desk.identity("billing"));
    assertThat(
            missedWithout(
                desk, "event where identity = 'billing' and action = 'certificate.issued'"))
        .anyMatch(told -> told.contains("0 events certificate.issued"));
  }

  @OnEveryEngine
  void what_was_renewed_from_one_that_was_removed_is_whole_and_a_change_of_it_is_told(
      TestDatabase test) {
    Desk desk = Desk.at(test);
    CrlPublisher lists = desk.publisher();
    Cleaning cleaning = Cleaning.of(desk, ALL_EVENTS);
    Identity orders = desk.identity("orders");
    SerialNumber first = desk.issued(orders);
    Duration step = Duration.ofHours(12);
    live(desk, step);
    SerialNumber next = desk.renewed(orders, first);
    revoke(desk, first);
    revoke(desk, desk.issued(orders)); // the newest denial stays
    Duration kept = ALL_EVENTS.certificates().orElseThrow();
    for (Duration lived = step; lived.compareTo(kept.plusDays(2)) < 0; lived = lived.plus(step)) {
      live(desk, step);
      lists.publishDue();
      if (cleaning.removed.getOrDefault("certificates", 0) == 0) {
        cleaning.clean();
      }
    }
    assertThat(cleaning.removed).containsEntry("denials", 1).containsEntry("certificates", 1);
    assertThat(missed(desk)).isEmpty();

    desk.database.writeAndWait(
        handle ->
            handle.execute(
                "update certificate set subject = 'CN=other' where serial = '" + next + "'"));
    assertThat(missed(desk)).singleElement().asString().contains("subject is CN=other");
  }
}
