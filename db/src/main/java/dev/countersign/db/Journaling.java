package dev.countersign.db;

import dev.countersign.db.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * How the groups of an embedded database get to the disk. What a group has changed is flushed in
 * its journal before H2 commits it, so nobody reads what is not on the disk; the database's own
 * file follows, see {@link Checkpoints}. After an orderly close there is no journal.
 */
final class Journaling implements AutoCloseable {

  private final Path database;
  private final Journal journal;
  private final Witness witness;
  private final Breakage breakage;
  private final Checkpoints checkpoints;
  private final ChangedRows rows = new ChangedRows();
  private boolean closed; // guarded by this

  private Journaling(
      Path database, Journal journal, Witness witness, Checkpoints checkpoints, Breakage breakage) {
    this.database = database;
    this.journal = journal;
    this.witness = witness;
    this.breakage = breakage;
    this.checkpoints = checkpoints;
  }

  /**
   * Begins a journal for a database that lacks nothing, of the lineage that was drawn for it.
   *
   * @param connection the only one that writes
   */
  static Journaling begin(
      Connection connection,
      Engine engine,
      Witness witness,
      FatalHandler halting,
      Breakage breakage)
      throws SQLException, IOException {
    EmbeddedStore store = EmbeddedStore.under(connection);
    store.mustWriteAsPromised();
    Path database = engine.embeddedFile().orElseThrow();
    Journal journal = Journal.create(database, Lineage.of(connection));
    for (Path file : Journal.files(database)) {
      Folders.keep(file);
    }
    Checkpoints checkpoints =
        new Checkpoints(store, journal, engine.journalLength(), halting, breakage);
    return new Journaling(database, journal, witness, checkpoints, breakage);
  }

  void start() {
    checkpoints.start();
  }

  /** Around all that a group does. */
  void run(Runnable group) {
    checkpoints.whileNoneIsChosen(group);
  }

  /** Returns when what was changed is on the disk, and everybody may see it. */
  void commit(WritingLink link) throws SQLException, IOException {
    Connection connection = link.handle().getConnection();
    long number = witness.count(connection);
    checkpoints.append(number, rows.of(connection));
    link.commit();
    witness.acknowledge(number);
  }

  /** When no group will follow; told again, it does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    checkpoints.close();
    try {
      journal.close();
      if (!breakage.isBroken()) {
        Journal.delete(database);
      }
    } catch (IOException e) {
      // Every record was flushed when it counted
    }
  }
}
