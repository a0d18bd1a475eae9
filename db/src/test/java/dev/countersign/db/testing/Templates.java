package dev.countersign.db.testing;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.Dialect;
import dev.countersign.db.FatalHandler;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An empty schema on each engine, made once, copied for each test; gone with the JVM's tests. */
final class Templates implements AutoCloseable {

  private static final String TEMPLATE = "countersign_template";
  private static final FatalHandler UNEXPECTED =
      (reason, cause) -> {
        throw new IllegalStateException(reason, cause);
      };

  private final Path folder;
  private int made;
  private @Nullable Path embedded;
  private @Nullable EmbeddedPostgres postgres;

  Templates() {
    try {
      folder = Files.createTempDirectory("countersign-db-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  synchronized TestDatabase fresh(Dialect dialect) {
    made++;
    try {
      return new TestDatabase(
          this, dialect == Dialect.H2 ? copyEmbedded() : copyPostgres(), dialect);
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("no database for the test", e);
    }
  }

  private DatabaseSettings copyEmbedded() throws IOException {
    Path template = embedded;
    if (template == null) {
      template = Files.createDirectory(folder.resolve("template"));
      Database.create(DatabaseSettings.embedded(template), UNEXPECTED).close();
      embedded = template;
    }
    Path copy = Files.createDirectory(folder.resolve("h2-" + made));
    for (String file : List.of("countersign.mv.db", "countersign.acknowledged")) {
      Files.copy(template.resolve(file), copy.resolve(file));
    }
    return DatabaseSettings.embedded(copy);
  }

  private DatabaseSettings copyPostgres() throws IOException, SQLException {
    EmbeddedPostgres running = postgres;
    if (running == null) {
      running = EmbeddedPostgres.builder().setPort(Ports.free(1).get(0)).start();
      postgres = running;
      execute(running, "create database " + TEMPLATE);
      Database.create(settings(running, TEMPLATE), UNEXPECTED).close();
    }
    String name = "t" + made;
    execute(running, "create database " + name + " template " + TEMPLATE);
    return settings(running, name);
  }

  private static DatabaseSettings settings(EmbeddedPostgres running, String name) {
    return new DatabaseSettings(
        "jdbc:postgresql://localhost:" + running.getPort() + "/" + name,
        Optional.of("postgres"),
        Optional.empty());
  }

  private static void execute(EmbeddedPostgres running, String sql) throws SQLException {
    try (Connection connection = running.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws IOException {
    if (postgres != null) {
      postgres.close();
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
