package dev.countersign.server.state;

import static dev.countersign.server.state.Cleaning.live;
import static dev.countersign.server.state.Desk.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.crl.PublishedCrl;
import dev.countersign.server.identity.Identity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** When denials are removed, and by whom. Certificates of these tests live for a day. */
class CleaningTest {
  private static final Duration LIFE = Duration.ofDays(1);
  private static final Duration MENDED = Duration.ofDays(7);

  private static SerialNumber revoked(Desk desk, Identity identity) {
    SerialNumber serial = desk.issued(identity);
    desk.revocations.revoke(serial, RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR);
    return serial;
  }

  private static List<String> denied(Desk desk) {
    return desk.database.read(
        handle ->
            handle
                .createQuery("select serial from denial order by number")
                .mapTo(String.class)
                .list());
  }

  @OnEveryEngine
  void a_denial_is_removed_when_its_certificate_has_left_all_lists(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk);
    CrlPublisher lists = desk.publisher();
    Identity orders = desk.identity("orders");
    SerialNumber first = revoked(desk, orders);
    SerialNumber released = desk.issued(orders);
    desk.revocations.hold(released, OPERATOR);
    desk.revocations.release(released, OPERATOR);
    lists.publishDue();
    live(desk, LIFE.plus(MENDED).plusMinutes(1));
    cleaning.clean(); // no list was made since
    assertThat(denied(desk)).hasSize(3);

    SerialNumber living = revoked(desk, orders);
    SerialNumber newest = revoked(desk, orders);
    lists.publishDue();
    cleaning.clean();
    assertThat(cleaning.removed)
        .as("while it is on the one list beyond its end")
        .containsEntry("denials", 0);
    live(desk, Duration.ofHours(2));
    PublishedCrl current = lists.publishNow("issuing-1");
    cleaning.clean();

    assertThat(denied(desk)).containsExactly(living.toString(), newest.toString());
    assertThat(cleaning.removed).containsEntry("denials", 3);
    assertThat(desk.statuses.of("issuing-1", first).orElseThrow().denial()).isPresent();
    assertThat(desk.publisher().current("issuing-1").orElseThrow().der())
        .as("what a node writes that has just started")
        .isEqualTo(current.der());
  }

  @OnEveryEngine
  void the_newest_denial_of_an_issuer_stays_so_that_followers_see_no_number_fall(
      TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk);
    CrlPublisher lists = desk.publisher();
    Identity orders = desk.identity("orders");
    revoked(desk, orders);
    SerialNumber newest = revoked(desk, orders);
    long number = desk.revoked.lastNumber("issuing-1");
    for (int day = 0; day < 10; day++) {
      live(desk, Duration.ofDays(1));
      lists.publishDue();
    }

    cleaning.clean();

    assertThat(denied(desk)).containsExactly(newest.toString());
    assertThat(desk.revoked.lastNumber("issuing-1")).isEqualTo(number);
  }

  @OnEveryEngine
  void a_week_is_left_for_lists_that_were_made_by_a_wrong_clock(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk);
    CrlPublisher lists = desk.publisher();
    Identity orders = desk.identity("orders");
    revoked(desk, orders);
    revoked(desk, orders);
    for (int day = 0; day < 7; day++) {
      live(desk, Duration.ofDays(1));
      lists.publishDue();
    }
    cleaning.clean();
    assertThat(denied(desk)).as("seven days after the beginning").hasSize(2);
    live(desk, Duration.ofDays(1).plusSeconds(1));
    cleaning.clean();
    assertThat(denied(desk)).as("seven days after the end").hasSize(1);
  }

  @OnEveryEngine
  void a_clock_that_jumped_ahead_removes_nothing(TestDatabase test) {
    Desk desk = Desk.at(test);
    Cleaning cleaning = Cleaning.of(desk);
    CrlPublisher lists = desk.publisher();
    Identity orders = desk.identity("orders");
    SerialNumber first = revoked(desk, orders);
    revoked(desk, orders);
    for (int hour = 0; hour < 3; hour++) {
      desk.clock.advance(Duration.ofDays(100));
      lists.publishDue();
    }
    cleaning.clean();
    assertThat(denied(desk)).hasSize(2);

    live(desk, Duration.ZERO);
    cleaning.clean();
    assertThat(denied(desk)).doesNotContain(first.toString());
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void one_node_cleans_and_another_goes_on_when_it_has_died(TestDatabase test) {
    Desk desk = Desk.at(test);
    Desk other = desk.anotherNode(test);
    CrlPublisher lists = desk.publisher();
    Identity orders = desk.identity("orders");
    Cleaning.ofNode(desk, "first").clean(); // and dies
    revoked(desk, orders);
    revoked(desk, orders);
    for (int day = 0; day < 10; day++) {
      live(desk, Duration.ofDays(1));
      lists.publishDue();
    }

    endLease(other, "interval '1' hour");
    Cleaning second = Cleaning.ofNode(other, "second");
    second.clean();
    assertThat(denied(other)).as("while the first may be at it").hasSize(2);
    endLease(other, "interval '0' hour");
    second.clean();
    assertThat(denied(other)).as("when it is not").hasSize(1);
  }

  /** From now, by the clock that the nodes share. */
  private static void endLease(Desk desk, String in) {
    int leases =
        desk.database.writeAndWait(
            handle -> handle.execute("update lease set held_until = current_timestamp + " + in));
    assertThat(leases).isEqualTo(1);
  }
}
