package dev.countersign.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;

/** The embedded database opened as {@link Database} opens it, without pools and migrations. */
public final class Opening {

  private Opening() {}

  /** What is done with it. */
  @FunctionalInterface
  public interface Use {
    void with(Connection connection) throws SQLException;
  }

  /** The database itself, whose file is written whenever its journal has so many bytes. */
  public static Database writingAfter(long bytes, DatabaseSettings settings, FatalHandler fatal) {
    return Database.open(Engine.of(settings, bytes), fatal, UnaryOperator.identity());
  }

  /**
   * Opens, puts the journal back, asks whether it is the newest, and uses it.
   *
   * @throws DatabaseException when it must not be served
   */
  public static void quickly(DatabaseSettings settings, Use use) {
    Engine engine = Engine.of(settings);
    try (Connection connection = engine.writer().getConnection();
        Witness witness = Witness.of(engine)) {
      witness.attend(connection, Replay.into(connection, engine, false).end());
      use.with(connection);
    } catch (SQLException e) {
      throw engine.explain(e);
    }
  }
}
