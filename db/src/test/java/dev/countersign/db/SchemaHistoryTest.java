package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flyway is asked whenever the history is not what it would write itself. */
class SchemaHistoryTest {

  private static final FatalHandler UNEXPECTED =
      (reason, cause) -> {
        throw new AssertionError(reason, cause);
      };

  @TempDir private Path folder;

  @OnEveryEngine
  void what_flyway_has_just_made_is_of_this_release(TestDatabase test) throws SQLException {
    try (Connection connection = Engine.of(test.settings()).writer().getConnection()) {
      assertThat(SchemaHistory.isOfThisRelease(connection))
          .as(
              "every file in %s stands in SchemaHistory.SCRIPTS, in its order",
              SchemaHistory.FOLDER)
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update countersign_schema set checksum = checksum + 1 where version = '1'",
        "update countersign_schema set success = false where version = '1'",
      })
  void a_history_that_is_not_ours_is_refused_by_flyway(String change) throws SQLException {
    DatabaseSettings settings = DatabaseSettings.embedded(folder);
    Database.create(settings, UNEXPECTED).close();
    try (Connection connection = Engine.of(settings).writer().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(change)).isOne();
    }

    assertThatThrownBy(() -> Database.open(settings, UNEXPECTED))
        .isInstanceOf(DatabaseException.Foreign.class);
  }
}
