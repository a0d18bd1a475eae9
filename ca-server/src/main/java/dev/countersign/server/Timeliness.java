package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.ledger.ClockStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the clock can be right: not long before what is already on record, and within the life of
 * the issuing CA. A certificate with a wrong date is worse than none.
 */
final class Timeliness {
  // Nodes of one database may differ by this much
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  private Timeliness() {}

  static Optional<String> complaint(Database database, Authority issuing, Instant now) {
    Instant newest =
        new ClockStore(database).newestEvent().orElse(issuing.certificate().notBefore());
    if (now.plus(TOLERANCE).isBefore(newest)) {
      return Optional.of(
          "the clock says "
              + now
              + ", but the newest record is of "
              + newest
              + ": set the clock right");
    }
    if (now.isBefore(issuing.certificate().notBefore())
        || now.isAfter(issuing.certificate().notAfter())) {
      return Optional.of(
          "the clock says "
              + now
              + ", but the issuing CA is valid from "
              + issuing.certificate().notBefore()
              + " to "
              + issuing.certificate().notAfter()
              + ": set the clock right, or make a new issuing CA");
    }
    return Optional.empty();
  }
}
