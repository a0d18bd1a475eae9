package dev.countersign.server.state;

import dev.countersign.server.cleaning.Chores;
import dev.countersign.server.cleaning.Cleaner;
import dev.countersign.server.cleaning.Retention;
import dev.countersign.server.lease.Lease;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One server's cleaning, and what it has told of it. */
final class Cleaning {
  static final Retention USUAL =
      new Retention(Duration.ofDays(30), Duration.ofDays(7), Optional.empty(), Optional.empty());

  final Map<String, Integer> removed = new TreeMap<>();
  private final Cleaner cleaner;

  private Cleaning(Desk desk, String node, Retention retention) {
    cleaner =
        new Cleaner(
            desk.database,
            new Lease(desk.database, "cleaning", node),
            Chores.of(retention, desk.ledger),
            desk.clock,
            (what, count) -> removed.merge(what, count, Integer::sum));
  }

  static Cleaning of(Desk desk) {
    return of(desk, USUAL);
  }

  static Cleaning of(Desk desk, Retention retention) {
    return new Cleaning(desk, "this", retention);
  }

  static Cleaning ofNode(Desk desk, String node) {
    return new Cleaning(desk, node, USUAL);
  }

  void clean() {
    cleaner.clean();
  }

  /** The time passes, and something happens. */
  static void live(Desk desk, Duration time) {
    desk.clock.advance(time);
    desk.identity("identity-" + desk.clock.instant().getEpochSecond());
  }
}
