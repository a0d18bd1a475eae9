package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.journal.Entry;
import dev.countersign.db.journal.Journal;
import dev.countersign.db.journal.JournalReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the journal has is put back when the database is opened, or it is not opened. */
class ReplayTest {

  private static final FatalHandler UNEXPECTED =
      (reason, cause) -> {
        throw new AssertionError(reason, cause);
      };

  @TempDir private Path folder;
  private int killed;

  @Test
  void what_was_written_before_a_kill_is_there_after_it() throws IOException {
    Path copy;
    try (Database database = create()) {
      write(database, 1, 30);
      database.writeAndWait(handle -> handle.execute("delete from trust_bundle where number < 5"));
      database.writeAndWait(
          handle -> handle.execute("update trust_bundle set roots = 'new' where number = 7"));
      copy = killed();
    }

    try (Database database = open(copy)) {
      assertThat(rows(database)).containsExactlyElementsOf(numbers(5, 30));
      String roots = database.read(handle -> roots(handle, 7));
      assertThat(roots).isEqualTo("new");
      write(database, 31, 31);
    }
  }

  /** H2 writes to its file also in the middle of a group, when that takes much memory. */
  @Test
  void nothing_is_left_of_a_group_in_the_middle_of_which_the_process_was_killed()
      throws IOException {
    List<Path> copies = new ArrayList<>();
    try (Database database = create()) {
      write(database, 1, 3);
      assertThatThrownBy(
              () ->
                  database.writeAndWait(
                      handle -> {
                        writeMuch(handle);
                        copies.add(killed());
                        throw new IllegalStateException("killed");
                      }))
          .hasMessage("killed");
    }
    Path copy = copies.get(0);
    assertThat(Files.size(file(copy))).as("else this test shows nothing").isGreaterThan(2_000_000);

    try (InspectedDatabase database = InspectedDatabase.open(DatabaseSettings.embedded(copy))) {
      assertThat(database.readBlocks(read -> {}).orElseThrow().damaged()).isZero();
      List<Long> numbers = database.read(ReplayTest::numbers);
      assertThat(numbers).containsExactly(1L, 2L, 3L);
    }
    try (Database database = open(copy)) {
      assertThat(rows(database)).containsExactly(1L, 2L, 3L);
      write(database, 4, 4);
    }
  }

  private void writeMuch(Handle handle) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    long number = 1000;
    while (number < 1400
        || (file(folder).toFile().length() < 2_000_000 && System.nanoTime() < until)) {
      handle.execute(
          "insert into trust_bundle (number, created_at, roots) values (?, ?, ?)",
          number++,
          Instant.EPOCH,
          "x".repeat(100_000));
    }
  }

  @Test
  void a_unit_that_was_undone_is_not_put_back() throws IOException {
    Path copy;
    try (Database database = create()) {
      write(database, 1, 1);
      List<CompletableFuture<Long>> together =
          LongStream.rangeClosed(1, 40).mapToObj(n -> database.write(unit(n))).toList();
      together.forEach(each -> each.handle((done, thrown) -> thrown).join());
      copy = killed();
    }

    try (Database database = open(copy)) {
      assertThat(rows(database)).containsExactlyElementsOf(numbers(1, 40));
    }
  }

  @Test
  void a_number_is_not_given_twice_also_when_its_row_is_gone() throws IOException {
    Path copy;
    try (Database database = create()) {
      for (int i = 1; i <= 100; i++) {
        assertThat(located(database, "base-" + i)).isEqualTo(i);
      }
      database.writeAndWait(handle -> handle.execute("delete from crl_location where number > 3"));
      copy = killed();
    }

    try (Database database = open(copy)) {
      assertThat(located(database, "next")).isGreaterThan(100);
    }
  }

  @Test
  void after_an_orderly_close_there_is_no_journal_and_the_file_is_whole() throws IOException {
    try (Database database = create()) {
      write(database, 1, 3);
      for (Path journal : Journal.files(file(folder))) {
        assertThat(Files.getPosixFilePermissions(journal))
            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      }
    }
    assertThat(Journal.isBeside(file(folder))).isFalse();
    try (Database database = open(folder)) {
      assertThat(rows(database)).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void whatever_bit_of_the_journal_is_flipped_nothing_that_was_confirmed_is_missing()
      throws IOException {
    Path copy;
    try (Database database = create()) {
      write(database, 1, 12);
      copy = killed();
    }
    Path journal = Journal.files(file(copy)).get(1);
    byte[] whole = Files.readAllBytes(journal);
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 24; i++) {
      byte[] damaged = whole.clone();
      damaged[
              i % 2 == 0
                  ? 4096 * (1 + random.nextInt(12)) + random.nextInt(400)
                  : random.nextInt(13 * 4096)] ^=
          (byte) (1 << random.nextInt(8));
      Path image = copyOf(copy);
      Files.write(image.resolve(String.valueOf(journal.getFileName())), damaged);
      try (Database database = open(image)) {
        assertThat(rows(database)).containsExactlyElementsOf(numbers(1, 12));
      } catch (DatabaseException e) {
        assertThat(e).hasMessageMatching("(?s).*(journal|older than what was confirmed).*backup.*");
        refused++;
      }
    }
    assertThat(refused).as("else this test shows nothing").isPositive();
  }

  @Test
  void a_journal_without_its_first_writes_is_refused() throws IOException {
    Path copy;
    try (Database database = create()) {
      write(database, 1, 9);
      copy = killed();
    }
    long lineage = JournalReader.open(file(copy)).get(0).lineage();
    List<Entry> entries = entries(copy);
    Journal.delete(file(copy));
    try (Journal journal = Journal.create(file(copy), lineage)) {
      for (Entry entry : entries.subList(3, 9)) {
        journal.append(entry.number(), entry.changes());
      }
    }

    assertThatThrownBy(() -> open(copy))
        .isInstanceOf(DatabaseException.Corrupt.class)
        .hasMessageContaining("lacks write 1 before write 4");
  }

  private static List<Entry> entries(Path copy) throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<JournalReader> readers = JournalReader.open(file(copy));
    for (JournalReader reader : readers) {
      for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
        entries.add(next.get());
      }
    }
    JournalReader.close(readers);
    return entries;
  }

  @Test
  void the_journal_of_another_state_is_not_put_back() throws IOException {
    Path first;
    Path second;
    try (Database database = create()) {
      write(database, 1, 5);
      first = killed();
    }
    try (Database database = open(folder)) {
      write(database, 6, 8);
      second = killed();
    }
    for (Path journal : Journal.files(file(second))) {
      Files.copy(
          journal,
          first.resolve(String.valueOf(journal.getFileName())),
          StandardCopyOption.REPLACE_EXISTING);
    }

    assertThatThrownBy(() -> open(first))
        .isInstanceOf(DatabaseException.Corrupt.class)
        .hasMessageContaining("is of another state of this database");
  }

  @Test
  void an_older_database_with_a_damaged_journal_is_accepted_only_knowingly() throws IOException {
    Path copy;
    try (Database database = create()) {
      write(database, 1, 9);
      copy = killed();
    }
    Path journal = Journal.files(file(copy)).get(1);
    byte[] bytes = Files.readAllBytes(journal);
    bytes[4096 * 5 + 40] ^= 1;
    Files.write(journal, bytes);
    assertThatThrownBy(() -> open(copy))
        .isInstanceOf(DatabaseException.Corrupt.class)
        .hasMessageContaining("The journal " + journal)
        .hasMessageContaining("write 4 of 9")
        .hasMessageContaining("countersignd accept-older-database");

    Optional<Database.Loss> loss =
        Database.acceptOlder(
            DatabaseSettings.embedded(copy),
            UNEXPECTED,
            (database, lost) -> write(database, 90, 90));

    assertThat(loss).hasValueSatisfying(it -> assertThat(it.found()).isEqualTo(4));
    assertThat(journal.resolveSibling(journal.getFileName() + ".aside1"))
        .as("the only copy of the newest writes")
        .hasBinaryContent(bytes);
    try (Database database = open(copy)) {
      assertThat(rows(database)).containsExactly(1L, 2L, 3L, 4L, 90L);
    }
  }

  @Test
  void a_journal_whose_database_is_gone_is_not_written_over() throws IOException {
    Path copy;
    try (Database database = create()) {
      write(database, 1, 9);
      copy = killed();
    }
    Path journal = Journal.files(file(copy)).get(1);
    byte[] bytes = Files.readAllBytes(journal);
    Files.delete(file(copy));
    Files.deleteIfExists(Acknowledged.beside(file(copy)));
    assertThatThrownBy(() -> Database.create(DatabaseSettings.embedded(copy), UNEXPECTED))
        .isInstanceOf(DatabaseException.Foreign.class);
    assertThat(journal).hasBinaryContent(bytes);
  }

  @Test
  void who_only_looks_sees_what_the_journal_has_and_changes_nothing() throws IOException {
    Path copy;
    try (Database database = create()) {
      write(database, 1, 12);
      copy = killed();
    }
    byte[] before = Files.readAllBytes(file(copy));

    for (int i = 0; i < 2; i++) {
      try (InspectedDatabase database = InspectedDatabase.open(DatabaseSettings.embedded(copy))) {
        assertThat(database.readBlocks(read -> {}).orElseThrow().damaged()).isZero();
        List<Long> numbers = database.read(ReplayTest::numbers);
        assertThat(numbers).containsExactlyElementsOf(numbers(1, 12));
      }
    }
    assertThat(file(copy)).hasBinaryContent(before);
    Path journal = Journal.files(file(copy)).get(1);
    Files.write(journal, Arrays.copyOf(Files.readAllBytes(journal), 4096 * 8));
    assertThatThrownBy(() -> InspectedDatabase.open(DatabaseSettings.embedded(copy)))
        .isInstanceOf(DatabaseException.Corrupt.class)
        .hasMessageContaining("The journal ");
  }

  private Database create() {
    return Database.create(DatabaseSettings.embedded(folder), UNEXPECTED);
  }

  private static Database open(Path folder) {
    return Database.open(DatabaseSettings.embedded(folder), UNEXPECTED);
  }

  /** The files as a process leaves them that is killed now. */
  private Path killed() {
    return copyOf(folder);
  }

  private Path copyOf(Path from) {
    try (Stream<Path> files = Files.list(from)) {
      Path copy = Files.createDirectory(folder.resolve("killed-" + killed++));
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(String.valueOf(file.getFileName())));
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(Path folder) {
    return folder.resolve("countersign.mv.db");
  }

  private static WriteUnit<Long> unit(long number) {
    return handle -> {
      handle.execute(
          "insert into trust_bundle (number, created_at, roots) values (?, ?, 'roots')",
          number,
          Instant.EPOCH);
      return number;
    };
  }

  private static void write(Database database, long first, long last) {
    LongStream.rangeClosed(first, last).forEach(number -> database.writeAndWait(unit(number)));
  }

  private static long located(Database database, String base) {
    return database.writeAndWait(
        handle ->
            handle
                .createUpdate("insert into crl_location (base) values (:base)")
                .bind("base", base)
                .executeAndReturnGeneratedKeys("number")
                .mapTo(Long.class)
                .one());
  }

  private static List<Long> rows(Database database) {
    return database.read(ReplayTest::numbers);
  }

  private static List<Long> numbers(Handle handle) {
    return handle
        .createQuery("select number from trust_bundle order by number")
        .mapTo(Long.class)
        .list();
  }

  private static List<Long> numbers(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  private static String roots(Handle handle, long number) {
    return handle
        .createQuery("select roots from trust_bundle where number = :number")
        .bind("number", number)
        .mapTo(String.class)
        .one();
  }
}
