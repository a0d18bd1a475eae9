package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.ledger.ClockStore;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the clock can be right: not long before what is already on record, and within the life of
 * the issuing CA; at the start also not far from the database server's. A certificate with a wrong
 * date is worse than none.
 */
final class Timeliness {
  private Timeliness() {}

  static Optional<String> complaint(Database database, Authority issuing, Instant now) {
    return behind(database, issuing, now).or(() -> outside(issuing, now));
  }

  /** What is wrong by the records, or by the database server's clock, of which neither is proof. */
  static Optional<String> doubt(Database database, Authority issuing, Instant now) {
    return behind(database, issuing, now).or(() -> beside(database, now));
  }

  private static Optional<String> behind(Database database, Authority issuing, Instant now) {
    Instant newest =
        new ClockStore(database).newestEvent().orElse(issuing.certificate().notBefore());
    return now.plus(SteadyClock.TOLERANCE).isBefore(newest)
        ? Optional.of(
            "the clock says "
                + now
                + ", but the newest record is of "
                + newest
                + ": set the clock right")
        : Optional.empty();
  }

  private static Optional<String> beside(Database database, Instant now) {
    if (database.dialect().writesOneByOne()) {
      return Optional.empty(); // is in this process
    }
    Instant theirs = new ClockStore(database).databases();
    return SteadyClock.areNear(theirs, now)
        ? Optional.empty()
        : Optional.of(
            "the clock says "
                + now
                + ", but the database server's says "
                + theirs
                + ": set right the one that is wrong");
  }

  /** Whatever anybody says: nothing could be certified. */
  static Optional<String> outside(Authority issuing, Instant now) {
    Instant from = issuing.certificate().notBefore();
    Instant to = issuing.certificate().notAfter();
    return now.isBefore(from) || now.isAfter(to)
        ? Optional.of(
            "the clock says "
                + now
                + ", but the issuing CA is valid from "
                + from
                + " to "
                + to
                + ": set the clock right, or make a new issuing CA")
        : Optional.empty();
  }
}
