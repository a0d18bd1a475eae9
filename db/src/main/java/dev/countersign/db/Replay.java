package dev.countersign.db;

import dev.countersign.db.journal.Entry;
import dev.countersign.db.journal.JournalReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings an embedded database that was just opened up to what its journal holds: its own file is
 * written only now and then. Does the same whether the last process was killed or the power was
 * cut.
 */
final class Replay {

  private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

  /**
   * What came of it.
   *
   * @param end where the journal of this database ends, if it has one
   * @param whole whether all that is in the journal is in the database
   */
  record Outcome(Optional<String> end, boolean whole) {
    static final Outcome NOTHING = new Outcome(Optional.empty(), true);
  }

  private final Connection connection;
  private final List<JournalReader> readers;
  private final Engine engine;
  private final ChangedRows rows = new ChangedRows();
  private final Map<String, Map<String, Long>> highest = new LinkedHashMap<>();
  private long last;

  private Replay(Connection connection, List<JournalReader> readers, Engine engine) {
    this.connection = connection;
    this.readers = readers;
    this.engine = engine;
  }

  /**
   * Puts back what the database lacks, as far as the journal goes, and commits it; flushes nothing.
   *
   * @param asItIs as far as it can be put back; what is damaged is left out
   * @throws DatabaseException.Corrupt when the journal is not what was written, or not of this
   *     database
   */
  static Outcome into(Connection connection, Engine engine, boolean asItIs) throws SQLException {
    Optional<Path> file = engine.embeddedFile();
    if (file.isEmpty()) {
      return Outcome.NOTHING;
    }
    try {
      List<JournalReader> readers = JournalReader.open(file.get());
      boolean alone = connection.getAutoCommit();
      try {
        connection.setAutoCommit(false);
        return new Replay(connection, readers, engine).run(asItIs);
      } finally {
        JournalReader.close(readers);
        connection.setAutoCommit(alone);
      }
    } catch (IOException e) {
      throw engine.explain(e);
    }
  }

  private Outcome run(boolean asItIs) throws SQLException, IOException {
    try {
      return new Outcome(run(), true);
    } catch (DatabaseException.Corrupt e) {
      if (!asItIs) {
        throw e;
      }
      LOG.warn("Not all of the journal can be put back", e);
      return new Outcome(Optional.empty(), false);
    }
  }

  private Optional<String> run() throws SQLException, IOException {
    Optional<String> end = Optional.empty();
    long lineage = Lineage.of(connection);
    last = Witness.counted(connection);
    for (JournalReader reader : readers) {
      look(reader, reader.lineage() == lineage);
    }
    numberOn();
    for (JournalReader reader : readers) {
      if (reader.lineage() == lineage) {
        reader.rewind();
        putBack(reader);
        end = Optional.of(reader.path() + " at byte " + reader.position());
      }
    }
    return end;
  }

  /** Also at what the database has: the numbers that it gave out then may not be in it. */
  private void look(JournalReader reader, boolean ours) throws SQLException, IOException {
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (!ours && entry.get().number() > last) {
        throw damaged(
            reader,
            "is of another state of this database, with writes that this one lacks: if the database"
                + " was restored from a backup, take the journal away first",
            null);
      }
      if (ours) {
        try {
          rows.raise(connection, entry.get().changes(), highest);
        } catch (SQLException e) {
          throw damaged(reader, "does not fit the database", e);
        }
      }
    }
  }

  /** No number is given out twice, also if its row is gone. */
  private void numberOn() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (Map.Entry<String, Map<String, Long>> table : highest.entrySet()) {
        for (Map.Entry<String, Long> column : table.getValue().entrySet()) {
          if (EmbeddedStore.under(connection).nextNumber(table.getKey(), column.getKey())
              <= column.getValue()) {
            statement.execute(
                "alter table \"%s\" alter column \"%s\" restart with %s"
                    .formatted(table.getKey(), column.getKey(), column.getValue() + 1));
          }
        }
      }
    }
    connection.commit();
  }

  private void putBack(JournalReader reader) throws SQLException, IOException {
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      long number = entry.get().number();
      if (number <= last) {
        continue;
      }
      if (number != last + 1) {
        throw damaged(reader, "lacks write " + (last + 1) + " before write " + number, null);
      }
      try {
        rows.putBack(connection, entry.get().changes());
        if (Witness.counted(connection) != number) {
          throw new SQLException("the write does not count itself");
        }
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        if (SqlFaults.isFatalOfH2(e)) {
          throw e;
        }
        throw damaged(reader, "does not fit the database at write " + number, e);
      }
      last = number;
    }
  }

  private DatabaseException damaged(JournalReader reader, String how, @Nullable Exception cause) {
    return new DatabaseException.Corrupt(
        "The journal "
            + reader.path()
            + " of the database "
            + engine.place()
            + " "
            + how
            + "; put both aside and restore them from a backup.",
        cause);
  }
}
