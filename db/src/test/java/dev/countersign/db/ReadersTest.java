package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadersTest {

  @Test
  void all_are_connected_when_the_embedded_database_is_open(@TempDir Path home) {
    try (Database database =
        Database.create(
            DatabaseSettings.embedded(home),
            (reason, cause) -> {
              throw new IllegalStateException(reason, cause);
            })) {
      int sessions =
          database.writeAndWait(
              handle ->
                  handle
                      .createQuery("select count(*) from information_schema.sessions")
                      .mapTo(Integer.class)
                      .one());
      assertThat(sessions).isEqualTo(Database.READERS + 1); // and the one that writes
    }
  }

  @Test
  void what_is_closed_may_be_told_so_again(@TempDir Path home) {
    DatabaseSettings settings = DatabaseSettings.embedded(home);
    Database database = Database.create(settings, ReadersTest::unexpected);
    database.writeAndWait(handle -> handle.execute("update guard set last_number = last_number"));
    database.close();
    database.close();
    Database.open(settings, ReadersTest::unexpected).close();
  }

  private static void unexpected(String reason, Throwable cause) {
    throw new IllegalStateException(reason, cause);
  }
}
