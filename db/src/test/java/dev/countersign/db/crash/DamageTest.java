package dev.countersign.db.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseException;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.DatabaseUnavailableException;
import dev.countersign.db.FatalHandler;
import dev.countersign.db.Opening;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bit that flips on the disk is never served.
 *
 * <p>{@code -Dcountersign.bitFlips=5000} makes so many, {@code -Dcountersign.seed} repeats a run.
 */
class DamageTest {

  private static final FatalHandler UNEXPECTED =
      (reason, cause) -> {
        throw new AssertionError(reason, cause);
      };

  private static final int FLIPS = Integer.getInteger("countersign.bitFlips", 60);
  private static final long SEED = Long.getLong("countersign.seed", new Random().nextLong());

  @TempDir private Path folder;
  private final Recording recording = new Recording("nothing");

  @Test
  void whatever_bit_is_flipped_everything_is_read_as_it_was_written_or_not_at_all()
      throws IOException {
    worked();
    byte[] whole = Files.readAllBytes(file(folder));
    byte[] acknowledged = Files.readAllBytes(beside(folder));
    Random random = new Random(SEED);
    List<String> served = new ArrayList<>();
    int refused = 0;
    for (int i = 0; i < FLIPS; i++) {
      byte[] damaged = whole.clone();
      // One in four in the block of sums
      int at =
          i % 4 == 0
              ? 2 * 4096 + random.nextInt(whole.length / 1024)
              : random.nextInt(whole.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Path image = Files.createDirectories(folder.resolve("image-" + i));
      Files.write(file(image), damaged);
      Files.write(beside(image), acknowledged);
      try {
        Opening.quickly(
            DatabaseSettings.embedded(image),
            connection -> new Inspection(connection, 1000).hold(recording.allConfirmed()));
      } catch (DatabaseException e) {
        refused++;
      } catch (AssertionError e) {
        served.add("at " + at + ": " + e.getMessage());
      }
    }
    assertThat(served).as("seed " + SEED).isEmpty();
    assertThat(refused).as("else this test shows nothing").isGreaterThan(FLIPS / 10);
  }

  @Test
  void a_reader_that_meets_damage_ends_the_process() throws IOException {
    worked();
    byte[] whole = Files.readAllBytes(file(folder));
    LinkedBlockingQueue<String> halts = new LinkedBlockingQueue<>();
    DatabaseSettings settings = DatabaseSettings.embedded(folder);
    try (Database database =
        Database.open(settings, (reason, cause) -> halts.add(reason + " " + cause))) {
      flipAll(whole, Workload.certificate(3));

      assertThatThrownBy(() -> database.read(DamageTest::everything))
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessageContaining("halting");
      assertThat(halts).singleElement().asString().contains("could not be read");
      assertThat(database.write(handle -> 1)).isCompletedExceptionally();
      assertThatThrownBy(database::ping).isInstanceOf(DatabaseUnavailableException.class);
    }
  }

  private static List<byte[]> everything(Handle handle) {
    return handle.createQuery("select der from certificate").mapTo(byte[].class).list();
  }

  private void worked() {
    try (Database database = Database.create(DatabaseSettings.embedded(folder), UNEXPECTED)) {
      new Workload(recording, new Random(SEED)).run(database, 60);
    }
  }

  /** In the chunk that is in use, and in those that are not any more. */
  private void flipAll(byte[] whole, byte[] part) throws IOException {
    int found = 0;
    try (FileChannel channel = FileChannel.open(file(folder), StandardOpenOption.WRITE)) {
      for (int at = 0; at + part.length <= whole.length; at++) {
        if (Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
          channel.write(ByteBuffer.wrap(new byte[] {(byte) (whole[at] ^ 4)}), at);
          found++;
        }
      }
    }
    assertThat(found).isPositive();
  }

  private static Path file(Path folder) {
    return folder.resolve("countersign.mv.db");
  }

  private static Path beside(Path folder) {
    return folder.resolve("countersign.acknowledged");
  }
}
