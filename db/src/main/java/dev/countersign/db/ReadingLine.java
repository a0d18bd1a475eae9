package dev.countersign.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader's own connection: whoever asks again and again over it waits for no other reader, and
 * can tell a connection that hangs from a database that does, because after a failure the next
 * question has a new one. The embedded database is in this process, and is read like by all others.
 */
public final class ReadingLine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReadingLine.class);

  private final Database database;
  private final Engine engine;
  private final Reach reach;
  private @Nullable Handle open; // guarded by this
  private boolean told; // the same

  ReadingLine(Database database, Engine engine, Reach reach) {
    this.database = database;
    this.engine = engine;
    this.reach = reach;
  }

  /**
   * Reads, as {@link Database#read} does.
   *
   * @param patience with each answer, and no longer than all readers have; connecting takes what it
   *     takes
   * @throws DatabaseUnavailableException when there was no answer
   */
  public synchronized <T> T read(Duration patience, Function<Handle, T> reader) {
    if (engine.dialect() == Dialect.H2) {
      return database.read(reader);
    }
    reach.failIfAway();
    try {
      Handle handle = connected();
      handle.getConnection().setNetworkTimeout(Runnable::run, milliseconds(patience));
      T answer = reader.apply(handle);
      told = false;
      return answer;
    } catch (SQLException | RuntimeException e) {
      close();
      if (SqlFaults.isLostLink(e)) {
        reach.suspect(); // perhaps it is this connection alone
      } else if (!SqlFaults.isTooSlow(e) && !SqlFaults.isSilence(e)) {
        if (e instanceof RuntimeException fault) {
          throw fault;
        }
        return readWithOthers(reader, e);
      }
      throw new DatabaseUnavailableException("The database did not answer.", e);
    }
  }

  /** The database is there, and gives this reader no connection: there are too many, say. */
  private <T> T readWithOthers(Function<Handle, T> reader, Exception refused) {
    if (!told) {
      LOG.warn("The database gives no connection of its own to who follows it", refused);
    }
    told = true;
    return database.read(reader);
  }

  private static int milliseconds(Duration patience) {
    return (int) Math.min(patience.toMillis(), Engine.READ * 1000L);
  }

  private Handle connected() throws SQLException {
    Handle handle = open;
    if (handle == null) {
      Connection connection = engine.reader().getConnection();
      try (Statement statement = connection.createStatement()) {
        statement.execute(Database.READ_LIMIT);
        connection.setReadOnly(true);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      handle = Instants.registeredIn(Jdbi.create(connection)).open();
      open = handle;
    }
    return handle;
  }

  @Override
  public synchronized void close() {
    Handle handle = open;
    open = null;
    if (handle != null) {
      try {
        handle.getConnection().close();
      } catch (SQLException e) {
        // It is gone either way
      }
    }
  }
}
