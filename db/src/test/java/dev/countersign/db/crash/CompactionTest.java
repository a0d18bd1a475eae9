package dev.countersign.db.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.FatalHandler;
import dev.countersign.db.Opening;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of the embedded database stays in proportion to what is in it. */
class CompactionTest {

  private static final FatalHandler UNEXPECTED =
      (reason, cause) -> {
        throw new AssertionError(reason, cause);
      };

  private static final int GROUPS = 400;
  private static final String PERCENT_NEEDED =
      "select cast(setting_value as integer) from information_schema.settings"
          + " where setting_name = 'info.CHUNKS_FILL_RATE'";

  @TempDir private Path folder;
  private final Recording recording = new Recording("nothing");

  @Test
  void it_grows_little_while_it_is_written_to() throws IOException {
    try (Database database = Database.create(settings(), UNEXPECTED)) {
      Workload workload = worked(database);

      // Some 4,000; 18,000 without compaction
      assertThat(Files.size(file()) / workload.issued()).as("bytes each").isLessThan(8_000);
    }
    holdsAll();
  }

  @Test
  void nearly_all_of_it_is_needed_after_a_rest() {
    try (Database database = Database.create(settings(), UNEXPECTED)) {
      worked(database);

      waitFor(() -> percentNeeded(database) >= 70);
    }
    holdsAll();
  }

  @Test
  void it_is_compacted_when_it_is_closed() {
    try (Database database = Database.create(settings(), UNEXPECTED)) {
      worked(database);
    }
    Opening.quickly(
        settings(),
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(PERCENT_NEEDED)) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isGreaterThanOrEqualTo(70);
          }
        });
    holdsAll();
  }

  private Workload worked(Database database) {
    Workload workload = new Workload(recording, new Random(1));
    workload.run(database, GROUPS);
    return workload;
  }

  private static void waitFor(BooleanSupplier condition) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within a minute").isLessThan(until);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private static int percentNeeded(Database database) {
    return database.read(handle -> handle.createQuery(PERCENT_NEEDED).mapTo(Integer.class).one());
  }

  private void holdsAll() {
    Opening.quickly(
        settings(), connection -> new Inspection(connection, 5000).hold(recording.allConfirmed()));
  }

  private DatabaseSettings settings() {
    return DatabaseSettings.embedded(folder);
  }

  private Path file() {
    return folder.resolve("countersign.mv.db");
  }
}
