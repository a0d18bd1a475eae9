package dev.countersign.db.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.Opening;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After a flush that failed it is not known what is on the disk: nobody is answered any more. */
class FailedFlushTest {

  @TempDir private Path folder;

  private final BlockingQueue<String> halts = new LinkedBlockingQueue<>();

  @AfterEach
  void stopRecording() {
    RecordingPath.stop();
  }

  @ParameterizedTest
  @ValueSource(strings = {"countersign.journal-1", "countersign.acknowledged"})
  void the_first_one_halts_the_process(String file) throws InterruptedException {
    DatabaseSettings settings = DatabaseSettings.embedded(folder);
    Recording recording = new Recording(folder.toString());
    RecordingPath.start(recording);
    try (Database database = Database.create(settings, (reason, cause) -> halts.add(reason))) {
      assertThat(write(database, 1)).succeedsWithin(java.time.Duration.ofSeconds(30));
      recording.failFlushesOf(file);
      CompletableFuture<Integer> unknown = write(database, 2);

      assertThat(halts.poll(30, TimeUnit.SECONDS)).contains("could not be flushed");
      assertThat(unknown).isNotDone();
      assertThat(write(database, 3)).isCompletedExceptionally();
    }
  }

  /** Later than that of the journal: what it holds is confirmed, and not lost. */
  @Test
  void the_first_one_of_the_database_halts_the_process() throws InterruptedException {
    DatabaseSettings settings = DatabaseSettings.embedded(folder);
    Database.create(settings, (reason, cause) -> halts.add(reason)).close();
    Recording recording = new Recording(folder.toString());
    RecordingPath.start(recording);
    try (Database database =
        Opening.writingAfter(1, settings, (reason, cause) -> halts.add(reason))) {
      recording.failFlushesOf("countersign.mv.db");
      assertThat(write(database, 1)).succeedsWithin(java.time.Duration.ofSeconds(30));

      assertThat(halts.poll(30, TimeUnit.SECONDS)).contains("could not be written");
      assertThat(write(database, 2)).isCompletedExceptionally();
    }
    RecordingPath.stop();
    try (Database database = Database.open(settings, (reason, cause) -> halts.add(reason))) {
      int rows =
          database.read(
              handle ->
                  handle
                      .createQuery("select count(*) from trust_bundle")
                      .mapTo(Integer.class)
                      .one());
      assertThat(rows).isEqualTo(1);
    }
    assertThat(halts).isEmpty();
  }

  private static CompletableFuture<Integer> write(Database database, int number) {
    return database.write(
        handle ->
            handle
                .createUpdate(
                    "insert into trust_bundle (number, created_at, roots) values (:n, :at, '')")
                .bind("n", number)
                .bind("at", Workload.NOON)
                .execute());
  }
}
