package dev.countersign.db.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

  private static final long LINEAGE = 77;

  @TempDir private Path folder;

  @Test
  void what_was_appended_is_read_in_its_order_also_over_both_files() throws IOException {
    try (Journal journal = Journal.create(database(), LINEAGE)) {
      append(journal, 1, 2);
      journal.turn();
      append(journal, 3, 3);
      journal.release();
      journal.turn();
      append(journal, 4, 5);
    }
    assertThat(read()).containsExactly(3L, 4L, 5L);
  }

  @Test
  void a_record_longer_than_the_file_makes_it_longer() throws IOException {
    try (Journal journal = Journal.create(database(), LINEAGE)) {
      append(journal, 1, 1);
      journal.append(2, ByteBuffer.wrap(changes(2, 3_000_000)));
      append(journal, 3, 3);
    }
    assertThat(read()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void no_file_is_written_over_that_is_still_needed() throws IOException {
    try (Journal journal = Journal.create(database(), LINEAGE)) {
      journal.turn();

      assertThatThrownBy(journal::turn).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void whatever_bit_is_flipped_nothing_is_read_that_was_not_written() throws IOException {
    try (Journal journal = Journal.create(database(), LINEAGE)) {
      append(journal, 1, 20);
    }
    Path file = Journal.files(database()).get(1);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      int at = random.nextInt(22 * Format.BLOCK);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      List<Long> numbers = read();
      for (int n = 0; n < numbers.size(); n++) {
        assertThat(numbers.get(n)).as("flipped at %s", at).isEqualTo(n + 1);
      }
    }
  }

  @Test
  void a_file_cut_short_anywhere_holds_what_is_before_the_cut() throws IOException {
    try (Journal journal = Journal.create(database(), LINEAGE)) {
      append(journal, 1, 5);
    }
    Path file = Journal.files(database()).get(1);
    byte[] whole = Files.readAllBytes(file);
    for (int size = 0; size <= 6 * Format.BLOCK; size += 512) {
      Files.write(file, Arrays.copyOf(whole, size));
      assertThat(read().size()).as("of %s bytes", size).isLessThanOrEqualTo(size / 4096);
    }
  }

  private static void append(Journal journal, long first, long last) throws IOException {
    for (long number = first; number <= last; number++) {
      journal.append(number, ByteBuffer.wrap(changes(number, 100 + (int) number)));
    }
  }

  private static byte[] changes(long number, int length) {
    byte[] changes = new byte[length];
    new Random(number).nextBytes(changes);
    return changes;
  }

  /** The numbers, once the changes are what they must be. */
  private List<Long> read() throws IOException {
    List<Long> numbers = new ArrayList<>();
    List<JournalReader> readers = JournalReader.open(database());
    for (JournalReader reader : readers) {
      assertThat(reader.lineage()).isEqualTo(LINEAGE);
      for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
        ByteBuffer found = next.get().changes();
        assertThat(found)
            .isEqualTo(ByteBuffer.wrap(changes(next.get().number(), found.remaining())));
        numbers.add(next.get().number());
      }
    }
    JournalReader.close(readers);
    return numbers;
  }

  private Path database() {
    return folder.resolve("countersign.mv.db");
  }
}
