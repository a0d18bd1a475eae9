package dev.countersign.server.cleaning;

import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** The oldest events, in their order, so that none is missing among those that are left. */
final class OldEventStore implements Chore {
  static final String REMOVED = "event.removed";

  private final Duration kept;
  private final Ledger ledger;

  OldEventStore(Duration kept, Ledger ledger) {
    this.kept = kept;
    this.ledger = ledger;
  }

  private record Row(long number, Instant at) {
    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getLong("number"), row.getObject("happened_at", OffsetDateTime.class).toInstant());
    }
  }

  @Override
  public String what() {
    return "events";
  }

  @Override
  public Batch remove(Handle handle, Instant now, int most) {
    Instant before = now.minus(kept);
    List<Row> oldest =
        handle
            .createQuery(
                "select number, happened_at from event order by number fetch first :most rows only")
            .bind("most", most)
            .map((row, context) -> Row.of(row))
            .list();
    List<Row> old = oldest.stream().takeWhile(row -> row.at().isBefore(before)).toList();
    if (old.isEmpty()) {
      return new Batch(0, false);
    }
    long last = old.get(old.size() - 1).number();
    int removed =
        handle.createUpdate("delete from event where number <= :last").bind("last", last).execute();
    RemovedStore.count(handle, what(), removed);
    ledger.append(
        handle,
        LedgerEvent.of(now, Actor.system("cleaning"), REMOVED)
            .with(
                Map.of(
                    "count", String.valueOf(removed),
                    "upTo", String.valueOf(last),
                    "before", before.toString())));
    return new Batch(removed, old.size() == most);
  }
}
