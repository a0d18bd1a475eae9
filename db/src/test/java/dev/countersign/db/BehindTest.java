package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2 opens whatever older state it finds; a confirmed write that is missing must be noticed. */
class BehindTest {

  private static final FatalHandler UNEXPECTED =
      (reason, cause) -> {
        throw new AssertionError(reason, cause);
      };

  @TempDir private Path folder;

  @Test
  void a_file_cut_short_anywhere_opens_with_all_that_was_confirmed_or_not_at_all()
      throws IOException {
    make(10);
    byte[] whole;
    try (Database database = open()) {
      LongStream.rangeClosed(11, 40).forEach(number -> write(database, number));
      whole = Files.readAllBytes(file()); // as a killed process leaves it: the newest at the end
    }
    List<DatabaseException> refused = new ArrayList<>();
    int cuts = 20;
    for (int cut = 1; cut < cuts; cut++) {
      Files.write(file(), Arrays.copyOf(whole, (int) ((long) whole.length * cut / cuts)));
      try (Database database = open()) {
        assertThat(rows(database)).as("cut %s of %s", cut, cuts).hasSize(40);
      } catch (DatabaseException e) {
        assertThat(e).hasMessageContaining("backup");
        refused.add(e);
      }
    }
    assertThat(refused).as("else this test shows nothing").isNotEmpty();
  }

  @Test
  void an_older_copy_of_the_file_is_refused_and_left_as_it_is() throws IOException {
    make(1);
    byte[] older = Files.readAllBytes(file());
    try (Database database = open()) {
      write(database, 2);
    }
    Files.write(file(), older);

    assertThatThrownBy(this::open)
        .isInstanceOf(DatabaseException.Behind.class)
        .hasMessageContaining("write 1 of 2")
        .hasMessageContaining("restore the newest backup")
        .hasMessageContaining("countersignd accept-older-database");
  }

  @Test
  void h2_alone_does_not_take_the_file_for_its_own() throws IOException {
    make(3);
    byte[] before = Files.readAllBytes(file());

    assertThatThrownBy(
            () ->
                DriverManager.getConnection(
                    "jdbc:h2:file:" + folder.resolve("countersign"), "sa", ""))
        .isInstanceOf(SQLException.class);
    assertThat(file()).hasBinaryContent(before);
    try (Database database = open()) {
      assertThat(rows(database)).hasSize(3);
    }
  }

  @Test
  void an_older_copy_of_both_files_is_a_restored_backup() throws IOException {
    make(1);
    byte[] older = Files.readAllBytes(file());
    byte[] acknowledged = Files.readAllBytes(beside());
    try (Database database = open()) {
      write(database, 2);
    }
    Files.write(file(), older);
    Files.write(beside(), acknowledged);

    try (Database database = open()) {
      assertThat(rows(database)).containsExactly(1L);
    }
  }

  @Test
  void an_older_database_is_accepted_only_knowingly_and_then_is_the_newest() throws IOException {
    make(1);
    byte[] older = Files.readAllBytes(file());
    try (Database database = open()) {
      LongStream.range(2, 10).forEach(number -> write(database, number));
    }
    Files.write(file(), older);

    Optional<Database.Loss> loss =
        Database.acceptOlder(
            settings(), UNEXPECTED, (database, lost) -> write(database, 100 + lost.found()));

    assertThat(loss).hasValueSatisfying(it -> assertThat(it.found()).isEqualTo(1));
    assertThat(loss).hasValueSatisfying(it -> assertThat(it.confirmed()).hasValue(9));
    try (Database database = open()) {
      assertThat(rows(database)).containsExactly(1L, 101L);
      write(database, 102);
    }
    open().close();
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void nothing_is_accepted_if_that_could_not_be_written_down() throws IOException {
    make(1);
    byte[] older = Files.readAllBytes(file());
    try (Database database = open()) {
      write(database, 2);
    }
    Files.write(file(), older);

    assertThatThrownBy(
            () ->
                Database.acceptOlder(
                    settings(),
                    UNEXPECTED,
                    (database, lost) -> {
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    assertThatThrownBy(this::open).isInstanceOf(DatabaseException.Behind.class);
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void a_database_that_is_not_behind_has_nothing_to_accept() {
    make(3);

    assertThat(
            Database.acceptOlder(settings(), UNEXPECTED, (database, lost) -> write(database, 100)))
        .isEmpty();
    try (Database database = open()) {
      assertThat(rows(database)).hasSize(3);
    }
  }

  @Test
  void without_the_number_beside_it_a_database_is_not_served() throws IOException {
    make(2);
    byte[] good = Files.readAllBytes(beside());
    Files.delete(beside());
    assertThatThrownBy(this::open)
        .isInstanceOf(DatabaseException.Unproven.class)
        .hasMessageContaining("countersign.acknowledged")
        .hasMessageContaining("restore both from the same backup");
    Files.write(beside(), new byte[8192]);
    assertThatThrownBy(this::open).isInstanceOf(DatabaseException.Unproven.class);
    Files.write(beside(), Arrays.copyOf(good, 20));
    assertThatThrownBy(this::open).isInstanceOf(DatabaseException.Unproven.class);

    Optional<Database.Loss> loss =
        Database.acceptOlder(settings(), UNEXPECTED, (database, lost) -> write(database, 100));

    assertThat(loss).hasValueSatisfying(it -> assertThat(it.confirmed()).isEmpty());
    open().close();
  }

  @Test
  void a_number_whose_writing_was_cut_off_spoils_only_itself() throws IOException {
    make(7); // in the second place; in the first is 6
    try (FileChannel channel = FileChannel.open(beside(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {9, 9, 9}), 4096 + 10);
    }
    try (Database database = open()) {
      assertThat(rows(database)).hasSize(7);
    }
  }

  @Test
  void the_number_is_its_owners_alone() throws IOException {
    make(0);

    assertThat(Files.getPosixFilePermissions(beside()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_new_database_is_not_made_over_the_number_of_one_that_is_gone() throws IOException {
    make(2);
    Files.delete(file());

    assertThatThrownBy(() -> Database.create(settings(), UNEXPECTED))
        .isInstanceOf(DatabaseException.Foreign.class);
  }

  private void make(int rows) {
    try (Database database = Database.create(settings(), UNEXPECTED)) {
      LongStream.rangeClosed(1, rows).forEach(number -> write(database, number));
    }
  }

  private static void write(Database database, long number) {
    database.writeAndWait(
        handle ->
            handle
                .createUpdate(
                    "insert into trust_bundle (number, created_at, roots)"
                        + " values (:number, :at, :roots)")
                .bind("number", number)
                .bind("at", Instant.EPOCH)
                .bind("roots", "x".repeat(1000))
                .execute());
  }

  private static List<Long> rows(Database database) {
    return database.read(
        handle ->
            handle
                .createQuery("select number from trust_bundle order by number")
                .mapTo(Long.class)
                .list());
  }

  private DatabaseSettings settings() {
    return DatabaseSettings.embedded(folder);
  }

  private Path file() {
    return folder.resolve("countersign.mv.db");
  }

  private Path beside() {
    return folder.resolve("countersign.acknowledged");
  }

  private Database open() {
    return Database.open(settings(), UNEXPECTED);
  }
}
