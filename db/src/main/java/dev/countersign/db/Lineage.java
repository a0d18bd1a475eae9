package dev.countersign.db;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What an embedded database and the journal of it have in common: drawn each time it is opened, so
 * that a journal is never put back into a copy of the database that has gone another way.
 */
final class Lineage {

  private static final String NAME = "journal";

  private Lineage() {}

  /** Zero, which is never drawn, if it was never opened. */
  static long of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select last_number from guard where name = '" + NAME + "'")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** To be flushed before anything is written under it; commits nothing by itself. */
  static long draw(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      long drawn = 0;
      while (drawn == 0) {
        drawn = random(statement);
      }
      statement.executeUpdate(
          "merge into guard (name, last_number) key (name) values ('" + NAME + "', " + drawn + ")");
      return drawn;
    }
  }

  private static long random(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select secure_rand(8)")) {
      row.next();
      return ByteBuffer.wrap(row.getBytes(1)).getLong();
    }
  }
}
