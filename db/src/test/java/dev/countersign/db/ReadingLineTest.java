package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

class ReadingLineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NEWEST = "select last_number from guard where name = 'revocation'";

  /**
   * A role with a limit: of one more connection the database says nothing about what is revoked.
   */
  @OnEveryEngine(Dialect.POSTGRESQL)
  void who_gets_no_connection_of_its_own_reads_with_all_others(TestDatabase test)
      throws SQLException {
    test.database();
    DatabaseSettings settings = test.settings();
    String owner = settings.user().orElseThrow();
    try (Connection admin = DriverManager.getConnection(settings.url(), owner, "");
        Statement sql = admin.createStatement()) {
      sql.execute("create role line_guest login");
      try {
        sql.execute("grant select, update on all tables in schema public to line_guest");
        DatabaseSettings guest =
            new DatabaseSettings(settings.url(), Optional.of("line_guest"), Optional.empty());
        try (Database database = Database.open(guest, (reason, cause) -> {});
            ReadingLine line = database.line()) {
          assertThat(newest(database)).isZero(); // so that the pool has one
          sql.execute("alter role line_guest connection limit 0");
          long read =
              line.read(PATIENCE, handle -> handle.createQuery(NEWEST).mapTo(Long.class).one());
          assertThat(read).isZero();
        }
      } finally {
        sql.execute("drop owned by line_guest");
        sql.execute("drop role line_guest");
      }
    }
  }

  private static long newest(Database database) {
    return database.read(handle -> handle.createQuery(NEWEST).mapTo(Long.class).one());
  }
}
