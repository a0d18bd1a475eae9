package dev.countersign.db;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jspecify.annotations.Nullable;

/** Makes the schema, or brings it up to this release: the only two ways a table comes about. */
final class Schema {

  private static final String HISTORY = "countersign_schema";

  private Schema() {}

  static void create(Engine engine) {
    engine.embeddedFile().ifPresent(file -> makeFolder(file, engine));
    boolean fileWasThere = engine.embeddedFile().filter(Files::exists).isPresent();
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
    } catch (SQLException | FlywayException e) {
      throw engine.explain(e);
    }
    engine.embeddedFile().ifPresent(Schema::keepFile);
  }

  static void migrate(Engine engine) {
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
      Flyway flyway = flyway(engine.writer());
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
      flyway.migrate();
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

  private static Flyway flyway(DataSource source) {
    return Flyway.configure(Schema.class.getClassLoader())
        .dataSource(source)
        .table(HISTORY)
        .locations("classpath:db/migration")
        .cleanDisabled(true)
        .load();
  }

  private static boolean hasHistory(Connection connection) throws SQLException {
    return hasTable(connection, HISTORY);
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
        statement.execute("checkpoint sync");
      }
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
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(folder)) {
      return;
    }
    try {
      Files.createDirectories(folder);
      if (Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
    } catch (IOException e) {
      throw engine.explain(e);
    }
  }

  /** The file for its owner alone, and its name in the folder flushed: H2 does neither. */
  private static void keepFile(Path file) {
    try {
      if (Files.getFileAttributeView(file, PosixFileAttributeView.class) != null) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    } catch (IOException e) {
      throw new DatabaseException.NotPermitted(
          "The database file " + file + " cannot be secured: " + e.getMessage() + ".", e);
    }
  }
}
