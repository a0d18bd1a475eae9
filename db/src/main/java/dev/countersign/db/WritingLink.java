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
      connection.setAutoCommit(false);
      open = Instants.registeredIn(Jdbi.create(connection)).open();
      handle = open;
    }
    return open;
  }

  void commit() throws SQLException {
    handle().getConnection().commit();
  }

  /** After this, and not before, what was committed survives a power cut. */
  void flush() throws SQLException {
    if (dialect == Dialect.H2) {
      // H2 commits into the page cache of the operating system; PostgreSQL flushes at commit.
      try (Statement statement = handle().getConnection().createStatement()) {
        statement.execute("checkpoint sync");
      }
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
