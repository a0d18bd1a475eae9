package dev.countersign.server.ledger;

import dev.countersign.db.Database;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** The newest times on record, against which a clock that was set back is noticed. */
public final class ClockStore {
  private final Database database;

  public ClockStore(Database database) {
    this.database = database;
  }

  /** When the newest event happened. */
  public Optional<Instant> newestEvent() {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select happened_at from event order by number desc fetch first 1 row only")
                .mapTo(OffsetDateTime.class)
                .findOne()
                .map(OffsetDateTime::toInstant));
  }
}
