package dev.countersign.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The one connection that writes, made anew when it was lost. Belongs to the committing thread. */
final class WritingLink implements AutoCloseable {

  // A node that stands still, or that nobody can reach, must not keep its locks: all others wait.
  // Shorter than they are patient (Engine.WRITE).
  private static final String END_IF_IDLE = "set idle_in_transaction_session_timeout = '5s'";
  // Whoever else has the rows is busy, which is not silence (Engine.WRITE): more than a deadlock
  // takes to be noticed
  private static final String WAIT_FOR_LOCK = "set lock_timeout = '2s'";
  private static final String WAIT_AGAIN = "set local lock_timeout = '2s'";
  // Of the rest of a transaction in which one has waited in vain
  private static final String HARDLY_WAIT_FOR_LOCK = "set local lock_timeout = '20ms'";
  // Committed means flushed to disk, whatever the database was set up for
  private static final String FLUSH =
      "select set_config('synchronous_commit', 'on', false)"
          + " where current_setting('synchronous_commit') = 'off'";
  // Needs what a group needs to be committed, and waits for no lock of one. An earlier trial whose
  // commit still waits has this row: each that waited for it would leave one more behind.
  private static final String TRIAL =
      "update guard set last_number = last_number where name = 'commit'";
  private static final String TRIAL_WAITS_LITTLE = "set local lock_timeout = '500ms'";

  private final DataSource source;
  private final Dialect dialect;
  private @Nullable Handle handle;

  WritingLink(DataSource source, Dialect dialect) {
    this.source = source;
    this.dialect = dialect;
  }

  Handle handle() throws SQLException {
    Handle open = handle;
    if (open == null) {
      Connection connection = source.getConnection();
      if (dialect == Dialect.POSTGRESQL) {
        try (Statement statement = connection.createStatement()) {
          statement.execute(END_IF_IDLE);
          statement.execute(WAIT_FOR_LOCK);
          statement.execute(FLUSH);
        } catch (SQLException e) {
          connection.close();
          throw e;
        }
      }
      connection.setAutoCommit(false);
      open = Instants.registeredIn(Jdbi.create(connection)).open();
      handle = open;
    }
    return open;
  }

  /** Whether something can be written and committed, which takes as long as a group may take. */
  boolean canWrite() {
    try (Statement statement = handle().getConnection().createStatement()) {
      statement.execute(TRIAL_WAITS_LITTLE);
      statement.execute(TRIAL);
      commit();
      return true;
    } catch (SQLException e) {
      close();
      return false;
    }
  }

  void commit() throws SQLException {
    handle().getConnection().commit();
  }

  /** Until the end of the transaction; a rollback to an older savepoint undoes it. */
  void hardlyWaitForLocks() throws SQLException {
    execute(HARDLY_WAIT_FOR_LOCK);
  }

  /** As long as ever. */
  void waitForLocksAgain() throws SQLException {
    execute(WAIT_AGAIN);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = handle().getConnection().createStatement()) {
      statement.execute(sql);
    }
  }

  /** False when the connection was lost, which undoes as well. */
  boolean rollback() {
    Handle open = handle;
    if (open == null) {
      return false;
    }
    try {
      open.getConnection().rollback();
      return true;
    } catch (SQLException e) {
      close();
      return false;
    }
  }

  @Override
  public void close() {
    Handle open = handle;
    handle = null;
    if (open != null) {
      try {
        open.getConnection().close();
      } catch (SQLException e) {
        // It is gone either way; nothing uncommitted survives it.
      }
    }
  }
}
