package dev.countersign.db;

import dev.countersign.db.journal.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the schema, or brings it up to this release: the only two ways a table comes about. */
final class Schema {
  private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

  private Schema() {}

  static void create(Engine engine, Witness witness) {
    engine.embeddedFile().ifPresent(file -> makeFolder(file, engine));
    boolean fileWasThere =
        engine
            .embeddedFile()
            .filter(
                file ->
                    Files.exists(file)
                        || Files.exists(Acknowledged.beside(file))
                        || Journal.isBeside(file))
            .isPresent();
    // Kept open to the end: an embedded database must not close and open between the steps.
    try (Connection connection = engine.creator().getConnection()) {
      if (hasHistory(connection)) {
        throw new DatabaseException.AlreadyExists(
            "There is a database at " + engine.place() + " already; nothing was changed.");
      }
      if (fileWasThere || hasTables(connection)) {
        throw foreign(engine, null);
      }
      flyway(engine.creator()).migrate();
      afterMigration(connection, engine);
      engine.embeddedFile().ifPresent(Schema::keepFile);
      witness.attend(connection, Optional.empty());
    } catch (SQLException | FlywayException e) {
      throw engine.explain(e);
    }
  }

  /**
   * Migrates.
   *
   * @param witness asked before anything is changed
   */
  static void migrate(Engine engine, Witness witness) {
    if (engine.embeddedFile().filter(file -> !Files.exists(file)).isPresent()) {
      throw engine.absent(null);
    }
    try (Connection connection = engine.writer().getConnection()) {
      if (!hasHistory(connection)) {
        if (engine.dialect() == Dialect.POSTGRESQL && !hasTables(connection)) {
          throw engine.absent(null);
        }
        throw foreign(engine, null);
      }
      // Before anything is migrated: what is in the journal is of the old schema
      Replay.Outcome replayed = Replay.into(connection, engine, witness.accepts());
      witness.attend(connection, replayed.end());
      if (engine.dialect() == Dialect.H2) {
        EmbeddedStore.under(connection).write();
        boolean all = replayed.whole() && witness.finding().isNewest();
        engine.embeddedFile().ifPresent(file -> doneWith(file, all));
      }
      if (!SchemaHistory.isOfThisRelease(connection)) {
        Flyway flyway = flyway(engine.migrator());
        mustNotBeNewer(flyway, engine);
        flyway.migrate();
      }
      afterMigration(connection, engine);
    } catch (FlywayException e) {
      if (SqlFaults.in(e).isPresent()) {
        throw engine.explain(e);
      }
      throw foreign(engine, e); // its history is not ours
    } catch (SQLException e) {
      throw engine.explain(e);
    }
  }

  private static void doneWith(Path file, boolean all) {
    if (all) {
      Journal.delete(file);
    } else {
      LOG.warn("What is in the journal was put aside: {}", Journal.setAside(file));
    }
  }

  private static void mustNotBeNewer(Flyway flyway, Engine engine) {
    for (MigrationInfo migration : flyway.info().all()) {
      if (migration.getState() == MigrationState.FUTURE_SUCCESS) {
        throw new DatabaseException.NewerSchema(
            "The database at "
                + engine.place()
                + " has schema version "
                + migration.getVersion()
                + " of a newer release: run that release.");
      }
    }
  }

  /**
   * Changes nothing.
   *
   * @throws DatabaseException when it is not exactly the schema of this release
   */
  static void mustBeOfThisRelease(Connection connection, Engine engine) throws SQLException {
    if (!hasHistory(connection)) {
      throw foreign(engine, null);
    }
    if (SchemaHistory.isOfThisRelease(connection)) {
      return;
    }
    Flyway flyway = flyway(engine.inspector());
    mustNotBeNewer(flyway, engine);
    if (flyway.info().pending().length > 0) {
      throw new DatabaseException.OlderSchema(
          "The database at "
              + engine.place()
              + " has the schema of an older release: run that release, or start countersignd"
              + " serve of this one first, which migrates it.");
    }
  }

  private static Flyway flyway(DataSource source) {
    return Flyway.configure(Schema.class.getClassLoader())
        .dataSource(source)
        .table(SchemaHistory.TABLE)
        .locations("classpath:" + SchemaHistory.FOLDER)
        .cleanDisabled(true)
        .load();
  }

  private static boolean hasHistory(Connection connection) throws SQLException {
    return hasTable(connection, SchemaHistory.TABLE);
  }

  private static boolean hasTables(Connection connection) throws SQLException {
    return hasTable(connection, "%");
  }

  private static boolean hasTable(Connection connection, String name) throws SQLException {
    String pattern = name.replace("_", connection.getMetaData().getSearchStringEscape() + "_");
    try (ResultSet tables =
        connection
            .getMetaData()
            .getTables(
                null, connection.getSchema(), pattern, new String[] {"TABLE", "BASE TABLE"})) {
      return tables.next();
    }
  }

  private static void afterMigration(Connection connection, Engine engine) throws SQLException {
    if (engine.dialect() == Dialect.H2) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("create user if not exists " + Engine.H2_READER + " password ''");
        statement.execute("grant select on schema public to " + Engine.H2_READER);
      }
      Lineage.draw(connection);
      EmbeddedStore.under(connection).write();
    }
  }

  private static DatabaseException foreign(Engine engine, @Nullable Throwable cause) {
    return new DatabaseException.Foreign(
        "The database at "
            + engine.place()
            + " has no complete schema of Countersign: it belongs to something else, was left"
            + " behind by an init that was cut short, or lost its content; put it aside, then"
            + " restore a backup or run countersignd init.",
        cause);
  }

  private static void makeFolder(Path file, Engine engine) {
    try {
      Folders.makeFor(file);
    } catch (IOException e) {
      throw engine.explain(e);
    }
  }

  private static void keepFile(Path file) {
    try {
      Folders.keep(file);
      Acknowledged.create(Acknowledged.beside(file), 0);
    } catch (IOException e) {
      throw new DatabaseException.NotPermitted(
          "The database file " + file + " cannot be secured: " + e.getMessage() + ".", e);
    }
  }
}
