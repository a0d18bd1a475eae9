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
}
