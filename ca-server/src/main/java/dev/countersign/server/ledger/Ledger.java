package dev.countersign.server.ledger;

import dev.countersign.db.Database;
import dev.countersign.db.LastWrites;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** The ledger: append in the act's own transaction, read in order. */
public final class Ledger {

  private final Database database;
  private final LastWrites.Writer<LedgerEvent> writer = this::write;

  public Ledger(Database database) {
    this.database = database;
  }

  /**
   * Writes the event with the act: {@code handle} is the one the act is written through. It is
   * numbered at the end of the transaction.
   */
  public void append(Handle handle, LedgerEvent event) {
    append(handle, List.of(event));
  }

  /** {@link #append(Handle, LedgerEvent)} for several acts of one transaction. */
  public void append(Handle handle, List<LedgerEvent> events) {
    LastWrites.leave(handle, writer, events);
  }

  private void write(Handle handle, List<LedgerEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    if (!database.dialect().writesOneByOne()) {
      LedgerStore.lockNumbers(handle);
    }
    LedgerStore.insert(handle, events);
  }

  /**
   * Events of a span. They are numbered in the order of their commits, and one that is listed stays
   * listed: no event comes to stand before one that was listed already.
   */
  public EventPage list(EventFilter filter, EventSpan span, int limit) {
    List<RecordedEvent> read =
        database.read(
            handle -> LedgerStore.list(handle, database.dialect(), filter, span, limit + 1));
    if (read.size() <= limit) {
      return new EventPage(read, OptionalLong.empty());
    }
    List<RecordedEvent> items = read.subList(0, limit);
    return new EventPage(items, OptionalLong.of(items.get(limit - 1).sequence()));
  }
}
