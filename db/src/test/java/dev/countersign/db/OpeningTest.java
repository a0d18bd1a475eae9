package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way in which a database cannot be opened has its own exception, and its next step. */
class OpeningTest {

  private static final FatalHandler UNEXPECTED =
      (reason, cause) -> {
        throw new AssertionError(reason, cause);
      };

  @TempDir private Path folder;

  @Test
  void opening_makes_nothing() {
    assertThatThrownBy(this::open)
        .isInstanceOf(DatabaseException.Absent.class)
        .hasMessageContaining("countersignd init");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void making_one_again_changes_nothing() throws IOException {
    Database.create(settings(), UNEXPECTED).close();
    byte[] before = Files.readAllBytes(file());

    assertThatThrownBy(() -> Database.create(settings(), UNEXPECTED))
        .isInstanceOf(DatabaseException.AlreadyExists.class)
        .hasMessageContaining("nothing was changed");
    open().close();
    assertThat(before).isNotEmpty();
    assertThat(Files.getPosixFilePermissions(file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_database_of_something_else_is_not_touched() throws SQLException {
    String url = "jdbc:h2:file:" + folder.resolve("countersign");
    try (Connection connection = DriverManager.getConnection(url, "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute("create table theirs (id int)");
    }

    assertThatThrownBy(this::open).isInstanceOf(DatabaseException.Foreign.class);
    assertThatThrownBy(() -> Database.create(settings(), UNEXPECTED))
        .isInstanceOf(DatabaseException.Foreign.class)
        .hasMessageContaining("Countersign");
  }

  @Test
  void a_database_with_another_owner_is_foreign() throws SQLException {
    String url = "jdbc:h2:file:" + folder.resolve("countersign");
    DriverManager.getConnection(url, "them", "secret").close();

    assertThatThrownBy(this::open).isInstanceOf(DatabaseException.Foreign.class);
  }

  @Test
  void a_file_that_is_no_database_is_damaged() throws IOException {
    byte[] noise = new byte[20_000];
    Arrays.fill(noise, (byte) 'x');
    Files.write(file(), noise);

    assertThatThrownBy(this::open)
        .isInstanceOf(DatabaseException.Corrupt.class)
        .hasMessageContaining("restore it from a backup");
  }

  @Test
  void a_database_cut_short_is_damaged_or_empty_and_never_new() throws IOException {
    Database.create(settings(), UNEXPECTED).close();
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, whole.length / 4));

    assertThatThrownBy(this::open)
        .isInstanceOfAny(DatabaseException.Corrupt.class, DatabaseException.Foreign.class);
  }

  @Test
  void an_empty_file_is_no_new_database() throws IOException {
    Files.createFile(file());

    assertThatThrownBy(this::open).isInstanceOf(DatabaseException.Foreign.class);
  }

  @Test
  void a_schema_of_a_newer_release_is_left_alone() throws SQLException {
    Database.create(settings(), UNEXPECTED).close();
    try (Connection connection = Engine.of(settings()).writer().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into \"countersign_schema\" select 99, '99', 'later', \"type\", 'V99__later.sql',"
              + " 1, \"installed_by\", \"installed_on\", 1, true from \"countersign_schema\""
              + " where \"version\" = '1'");
    }

    assertThatThrownBy(this::open)
        .isInstanceOf(DatabaseException.NewerSchema.class)
        .hasMessageContaining("99");
  }

  @Test
  void a_server_that_does_not_answer_is_unreachable() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }

    assertThatThrownBy(
            () ->
                Database.open(
                    new DatabaseSettings(
                        "jdbc:postgresql://localhost:" + closed + "/countersign",
                        Optional.of("countersign"),
                        Optional.empty()),
                    UNEXPECTED))
        .isInstanceOf(DatabaseException.Unreachable.class)
        .hasMessageContaining("check that it runs");
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_database_that_the_server_has_not_is_absent(TestDatabase test) {
    DatabaseSettings other =
        new DatabaseSettings(
            test.settings().url() + "_not", test.settings().user(), Optional.empty());

    assertThatThrownBy(() -> Database.open(other, UNEXPECTED))
        .isInstanceOf(DatabaseException.Absent.class);
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_server_database_is_made_once_and_not_by_opening(TestDatabase test) throws SQLException {
    DatabaseSettings empty =
        new DatabaseSettings(
            test.settings().url().replaceAll("/[^/]*$", "/empty"),
            test.settings().user(),
            Optional.empty());
    try (Connection connection = Engine.of(test.settings()).writer().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database empty");
    }

    assertThatThrownBy(() -> Database.open(empty, UNEXPECTED))
        .isInstanceOf(DatabaseException.Absent.class);
    Database.create(empty, UNEXPECTED).close();
    Database.open(empty, UNEXPECTED).close();
    assertThatThrownBy(() -> Database.create(empty, UNEXPECTED))
        .isInstanceOf(DatabaseException.AlreadyExists.class);
  }

  @Test
  void a_wrong_password_says_where_to_correct_it() {
    Engine engine =
        Engine.of(
            new DatabaseSettings(
                "jdbc:postgresql://localhost/x?ssl=true", Optional.of("u"), Optional.empty()));

    assertThat(engine.explain(new SQLException("no", "28P01")))
        .isInstanceOf(DatabaseException.WrongPassword.class)
        .hasMessageContaining("password file")
        .hasMessageContaining("jdbc:postgresql://localhost/x ");
  }

  @Test
  void a_password_that_everyone_can_read_is_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "s3cret\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    DatabaseSettings settings =
        new DatabaseSettings("jdbc:postgresql://localhost/x", Optional.of("u"), Optional.of(file));

    assertThatThrownBy(() -> Database.open(settings, UNEXPECTED))
        .isInstanceOf(DatabaseException.BadSettings.class)
        .hasMessageContaining("chmod")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void a_password_in_the_url_is_refused() {
    assertThatThrownBy(
            () ->
                new DatabaseSettings(
                    "jdbc:postgresql://localhost/x?user=u&password=s3cret",
                    Optional.empty(),
                    Optional.empty()))
        .isInstanceOf(DatabaseException.BadSettings.class)
        .hasMessageNotContaining("s3cret");
  }

  private DatabaseSettings settings() {
    return DatabaseSettings.embedded(folder);
  }

  private Path file() {
    return folder.resolve("countersign.mv.db");
  }

  private Database open() {
    return Database.open(settings(), UNEXPECTED);
  }
}
