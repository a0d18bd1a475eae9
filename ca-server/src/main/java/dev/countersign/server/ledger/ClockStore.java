package dev.countersign.server.ledger;

import static java.util.Objects.requireNonNull;

import dev.countersign.db.Database;
import dev.countersign.db.Jdbc;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the database knows of the time, against which a clock that is wrong is noticed. */
public final class ClockStore {
  private final Database database;

  public ClockStore(Database database) {
    this.database = database;
  }

  /** The time by the database's own clock. */
  public Instant databases() {
    return database.read(
        handle ->
            handle
                .createQuery("select current_timestamp")
                .mapTo(OffsetDateTime.class)
                .one()
                .toInstant());
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

  /** When the newest event happened that is none of these. */
  public Optional<Instant> newestEventBut(Set<String> actions) {
    return database.read(
        handle ->
            Jdbc.first(
                handle,
                "select happened_at from event where not (action = any (?))"
                    + " order by number desc fetch first 1 row only",
                statement -> Jdbc.setTexts(statement, 1, List.copyOf(actions)),
                row -> requireNonNull(Jdbc.instant(row, 1))));
  }
}
