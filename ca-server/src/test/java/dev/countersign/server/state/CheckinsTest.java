package dev.countersign.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.feed.Checkins;
import dev.countersign.server.feed.Loaded;
import dev.countersign.server.paging.Page;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What clients have loaded, on every engine. */
class CheckinsTest {
  private static final Duration LISTS = Duration.ofHours(24);

  private static Instant now(Desk desk) {
    return desk.clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Loaded polled(Desk desk, SerialNumber serial, long denials) {
    return new Loaded(serial, now(desk), denials, Optional.empty(), Optional.empty());
  }

  private static Loaded whole(Desk desk, SerialNumber serial, long denials) {
    return new Loaded(serial, now(desk), denials, Optional.of(2L), Optional.of("1.0"));
  }

  private static List<SerialNumber> unaware(Checkins checkins, long below, boolean connected) {
    return checkins
        .unaware(below, Optional.of(connected), Optional.empty(), Page.first(10))
        .items()
        .stream()
        .map(Checkins.Unaware::serial)
        .toList();
  }

  @OnEveryEngine
  void a_question_for_denials_changes_only_what_it_says(TestDatabase database) {
    Desk desk = Desk.at(database);
    Checkins checkins = new Checkins(desk.database, desk.clock, LISTS);
    SerialNumber serial = desk.issued(desk.identity("orders"));
    checkins.said(polled(desk, serial, 1));
    checkins.round();
    assertThat(checkins.find(serial).orElseThrow().trustBundle()).isEmpty();
    desk.clock.advance(Duration.ofSeconds(1));
    checkins.said(whole(desk, serial, 4));
    checkins.round();
    desk.clock.advance(Duration.ofSeconds(1));
    checkins.said(polled(desk, serial, 5));
    checkins.round();
    Loaded kept = checkins.find(serial).orElseThrow();
    assertThat(kept)
        .isEqualTo(new Loaded(serial, now(desk), 5, Optional.of(2L), Optional.of("1.0")));
    assertThat(new Checkins(desk.database, desk.clock, LISTS).find(serial))
        .as("as another node reads it")
        .contains(kept);
  }

  @OnEveryEngine
  void what_an_older_word_of_another_node_says_is_not_kept(TestDatabase database) {
    Desk desk = Desk.at(database);
    SerialNumber serial = desk.issued(desk.identity("orders"));
    Checkins one = new Checkins(desk.database, desk.clock, LISTS);
    Checkins other = new Checkins(desk.database, desk.clock, LISTS);
    one.said(polled(desk, serial, 1));
    desk.clock.advance(Duration.ofSeconds(1));
    other.said(polled(desk, serial, 2));
    other.round();
    one.round();
    assertThat(other.find(serial).orElseThrow().denials()).isEqualTo(2);
  }

  @OnEveryEngine
  void the_same_is_written_again_only_after_minutes(TestDatabase database) {
    Desk desk = Desk.at(database);
    Checkins checkins = new Checkins(desk.database, desk.clock, LISTS);
    SerialNumber serial = desk.issued(desk.identity("orders"));
    checkins.said(whole(desk, serial, 4));
    checkins.round();
    Instant first = now(desk);
    desk.clock.advance(Duration.ofSeconds(119));
    checkins.said(whole(desk, serial, 4));
    checkins.said(polled(desk, serial, 4));
    checkins.round();
    assertThat(checkins.find(serial).orElseThrow().seenAt()).isEqualTo(first);
    desk.clock.advance(Duration.ofSeconds(1));
    checkins.said(polled(desk, serial, 4));
    checkins.round();
    assertThat(checkins.find(serial).orElseThrow().seenAt()).isEqualTo(now(desk));
  }

  @OnEveryEngine
  void who_has_not_heard_is_found_and_how_long_that_may_matter(TestDatabase database) {
    Desk desk = Desk.at(database);
    Checkins checkins = new Checkins(desk.database, desk.clock, LISTS);
    SerialNumber knows = desk.issued(desk.identity("orders"));
    SerialNumber lags = desk.issued(desk.identity("billing"));
    SerialNumber silent = desk.issued(desk.identity("ledger"));
    checkins.said(polled(desk, knows, 7));
    checkins.said(polled(desk, lags, 6));
    checkins.said(polled(desk, SerialNumber.parse("0abc"), 1)); // not ours
    checkins.round();
    assertThat(unaware(checkins, 7, false)).containsExactly(silent, lags);
    assertThat(unaware(checkins, 7, true)).containsExactly(lags);
    Checkins.Unaware one =
        checkins
            .unaware(7, Optional.empty(), Optional.of("billing"), Page.first(10))
            .items()
            .get(0);
    assertThat(one.exposedUntil()).contains(now(desk).plus(LISTS));
    desk.clock.advance(Duration.ofMinutes(4));
    assertThat(unaware(checkins, 7, true)).as("it is not heard of any more").isEmpty();
    assertThat(unaware(checkins, 7, false)).containsExactly(silent, lags);
    desk.clock.advance(Duration.ofDays(2));
    assertThat(unaware(checkins, 7, false)).as("expired").isEmpty();
  }

  @OnEveryEngine
  void what_was_heard_of_ended_certificates_is_removed(TestDatabase database) {
    Desk desk = Desk.at(database);
    Checkins checkins = new Checkins(desk.database, desk.clock, LISTS);
    SerialNumber serial = desk.issued(desk.identity("orders"));
    checkins.said(polled(desk, serial, 7));
    checkins.round();
    Cleaning cleaning = Cleaning.of(desk);
    cleaning.clean();
    assertThat(checkins.find(serial)).isPresent();
    Cleaning.live(desk, Duration.ofDays(2));
    cleaning.clean();
    assertThat(checkins.find(serial)).isEmpty();
    assertThat(cleaning.removed).containsEntry("checkins", 1);
  }
}
