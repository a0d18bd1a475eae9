package dev.countersign.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Plain JDBC, for the few statements that every issuance runs: there Jdbi's reading of the SQL, of
 * its arguments and of the rows costs more than the embedded database itself.
 */
public final class Jdbc {

  /** Sets the parameters of a statement. */
  @FunctionalInterface
  public interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }

  /** Sets the parameters of a statement for one element of a batch. */
  @FunctionalInterface
  public interface ElementBinder<E> {
    void bind(PreparedStatement statement, E element) throws SQLException;
  }

  /** Reads one row. */
  @FunctionalInterface
  public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** What JDBC threw; its cause is looked at where it matters. */
  private static final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1;

    Thrown(SQLException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private Jdbc() {}

  public static <T> List<T> list(Handle handle, String sql, Binder binder, RowReader<T> reader) {
    try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
      binder.bind(statement);
      try (ResultSet rows = statement.executeQuery()) {
        List<T> list = new ArrayList<>();
        while (rows.next()) {
          list.add(reader.read(rows));
        }
        return list;
      }
    } catch (SQLException e) {
      throw new Thrown(e);
    }
  }

  /** The first row, if there is one. */
  public static <T> Optional<T> first(
      Handle handle, String sql, Binder binder, RowReader<T> reader) {
    try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
      binder.bind(statement);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw new Thrown(e);
    }
  }

  /** Runs an update; returns how many rows it changed. */
  public static int update(Handle handle, String sql, Binder binder) {
    try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
      binder.bind(statement);
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new Thrown(e);
    }
  }

  /** Runs an insert for each element, all of them in one round trip; each must write one row. */
  public static <E> void insertAll(
      Handle handle, String sql, List<E> elements, ElementBinder<E> binder) {
    if (elements.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
      for (int count : batch(statement, elements, binder)) {
        if (count != 1) {
          throw new IllegalStateException("an insert has written " + count + " rows");
        }
      }
    } catch (SQLException e) {
      throw new Thrown(e);
    }
  }

  /**
   * Runs an insert with {@code on conflict do nothing} for each element, all in one round trip.
   *
   * @param key the column that the database numbers
   * @return its value for each element, empty where there was a conflict
   */
  public static <E> List<Optional<Long>> insertNumbered(
      Handle handle, String sql, String key, List<E> elements, ElementBinder<E> binder) {
    if (elements.isEmpty()) {
      return List.of();
    }
    try (PreparedStatement statement =
        handle.getConnection().prepareStatement(sql, new String[] {key})) {
      int[] counts = batch(statement, elements, binder);
      List<Optional<Long>> numbers = new ArrayList<>(counts.length);
      try (ResultSet keys = statement.getGeneratedKeys()) {
        for (int count : counts) {
          if (count == 0) {
            numbers.add(Optional.empty());
          } else if (count == 1 && keys.next()) {
            numbers.add(Optional.of(keys.getLong(1)));
          } else {
            throw new IllegalStateException("an insert has written " + count + " rows, no number");
          }
        }
        if (keys.next()) {
          throw new IllegalStateException("more numbers than rows were written");
        }
      }
      return numbers;
    } catch (SQLException e) {
      throw new Thrown(e);
    }
  }

  /** Sets the parameters of a part, of which there are others before it. */
  @FunctionalInterface
  public interface PartBinder {
    /**
     * Sets them.
     *
     * @param first the position of the first of its own
     */
    void bind(PreparedStatement statement, int first) throws SQLException;
  }

  /** Is given each row. */
  @FunctionalInterface
  public interface RowTaker {
    void take(ResultSet row) throws SQLException;
  }

  /**
   * One of the statements that are run {@link #together}.
   *
   * @param parameters how many it has
   * @param taker empty for an update
   */
  public record Part(String sql, int parameters, PartBinder binder, Optional<RowTaker> taker) {

    public static Part update(String sql, int parameters, PartBinder binder) {
      return new Part(sql, parameters, binder, Optional.empty());
    }

    public static Part select(String sql, int parameters, PartBinder binder, RowTaker taker) {
      return new Part(sql, parameters, binder, Optional.of(taker));
    }
  }

  /**
   * Runs statements one after the other, on PostgreSQL in one round trip: each sees what those
   * before it have done, and what others did while those waited.
   */
  public static void together(Handle handle, Dialect dialect, Part... parts) {
    try {
      if (dialect == Dialect.POSTGRESQL) {
        inOneRoundTrip(handle.getConnection(), parts);
      } else {
        for (Part part : parts) {
          oneOf(handle.getConnection(), part);
        }
      }
    } catch (SQLException e) {
      throw new Thrown(e);
    }
  }

  private static void oneOf(Connection connection, Part part) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(part.sql())) {
      part.binder().bind(statement, 1);
      if (part.taker().isEmpty()) {
        statement.executeUpdate();
      } else {
        take(statement.executeQuery(), part.taker().get());
      }
    }
  }

  private static void inOneRoundTrip(Connection connection, Part... parts) throws SQLException {
    String sql = Stream.of(parts).map(Part::sql).collect(Collectors.joining("; "));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int first = 1;
      for (Part part : parts) {
        part.binder().bind(statement, first);
        first += part.parameters();
      }
      boolean rows = statement.execute();
      for (int i = 0; i < parts.length; i++) {
        if (i > 0) {
          rows = statement.getMoreResults();
        }
        if (rows != parts[i].taker().isPresent()) {
          throw new IllegalStateException("the driver has mixed up the results");
        }
        if (rows) {
          take(statement.getResultSet(), parts[i].taker().get());
        }
      }
    }
  }

  private static void take(ResultSet rows, RowTaker taker) throws SQLException {
    try (rows) {
      while (rows.next()) {
        taker.take(rows);
      }
    }
  }

  private static <E> int[] batch(
      PreparedStatement statement, List<E> elements, ElementBinder<E> binder) throws SQLException {
    for (E element : elements) {
      binder.bind(statement, element);
      statement.addBatch();
    }
    int[] counts = statement.executeBatch();
    for (int count : counts) {
      if (count == Statement.SUCCESS_NO_INFO || count == Statement.EXECUTE_FAILED) {
        throw new IllegalStateException("the driver does not count what a batch has written");
      }
    }
    return counts;
  }

  /** Sets a parameter of {@code = any (?)}. */
  public static void setTexts(PreparedStatement statement, int position, List<String> texts)
      throws SQLException {
    statement.setArray(
        position, statement.getConnection().createArrayOf("varchar", texts.toArray()));
  }

  /** Sets a parameter of {@code unnest(cast(? as bigint array))}. */
  public static void setNumbers(PreparedStatement statement, int position, List<Long> numbers)
      throws SQLException {
    statement.setArray(
        position, statement.getConnection().createArrayOf("bigint", numbers.toArray()));
  }

  /** Sets a parameter of {@code unnest(cast(? as bytea array))}. */
  public static void setOctets(PreparedStatement statement, int position, List<byte[]> octets)
      throws SQLException {
    statement.setArray(
        position, statement.getConnection().createArrayOf("bytea", octets.toArray(new byte[0][])));
  }

  /** In UTC, and cut to what both engines keep: what was written is not later than now. */
  public static void setInstant(PreparedStatement statement, int position, Instant instant)
      throws SQLException {
    statement.setObject(position, instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
  }

  public static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime read = row.getObject(column, OffsetDateTime.class);
    return read == null ? null : read.toInstant();
  }
}
