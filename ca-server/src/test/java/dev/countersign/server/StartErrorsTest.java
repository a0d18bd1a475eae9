package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong at the start is said in one sentence with the next step, and an exit code. */
class StartErrorsTest {
  private static TestServer initialized;

  @TempDir Path temporary;

  @BeforeAll
  static void init() {
    initialized = TestServer.start();
    initialized.stop();
  }

  @AfterAll
  static void remove() {
    initialized.close();
  }

  private record Outcome(int exitCode, String err) {}

  private static Outcome run(String... args) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      int exitCode = Main.run(args);
      return new Outcome(exitCode, bytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(before);
    }
  }

  private static void fails(Outcome outcome, int exitCode, String... words) {
    assertThat(outcome.err()).contains(words).doesNotContain("\tat ");
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
  }

  private Path copy() throws IOException {
    Path copy = temporary.resolve("ca");
    try (var files = Files.walk(initialized.dir)) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(initialized.dir.relativize(file).toString());
        Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }

  @Test
  void an_empty_argument_is_named() {
    String[] revoke = {
      "authority",
      "revoke",
      "",
      "--dir",
      temporary.toString(),
      "--reason",
      "superseded",
      "--i-understand-that-all-its-certificates-fall"
    };
    fails(run(revoke), 2, "NAME is empty.");
    fails(run("serve", "", "--dir", temporary.toString()), 2, "\"\" is one argument too many");
    fails(run(""), 2, "has no command \"\"");
  }

  @Test
  void an_empty_or_absent_folder_is_told_about_init() throws IOException {
    fails(run("serve", "--dir", temporary.toString()), 7, "countersignd init --dir " + temporary);
    fails(
        run("serve", "--dir", temporary.resolve("none").toString()), 7, "countersignd init --dir");
    assertThat(temporary.resolve("none")).doesNotExist();
    assertThat(temporary).isEmptyDirectory();
    Path file = Files.createFile(temporary.resolve("file"));
    fails(run("serve", "--dir", file.toString()), 7, "is a file", "countersignd init --dir");
  }

  @Test
  void another_trust_domain_is_refused() throws IOException {
    Path dir = copy();
    Path configuration = dir.resolve("countersign.yaml");
    String good = Files.readString(configuration);
    Files.writeString(
        configuration, good.replaceFirst("trustDomain: .*", "trustDomain: other.example"));
    fails(
        run("serve", "--dir", dir.toString()),
        7,
        configuration + ": trustDomain is other.example",
        "was made for " + good.replaceFirst("(?s).*trustDomain: \"?([a-z.]+).*", "$1") + ",",
        "Write trustDomain: ");
  }

  @Test
  void an_init_that_fails_leaves_nothing() throws IOException {
    Path dir = temporary.resolve("new");
    fails(run("init", "--dir", dir.toString(), "--name-constraint", "dns:a..b"), 2, "a..b");
    assertThat(dir).doesNotExist();
    String[] unreachable = {
      "init",
      "--dir",
      dir.toString(),
      "--database-url",
      "jdbc:postgresql://localhost:1/none?connectTimeout=1",
      "--database-user",
      "nobody"
    };
    fails(run(unreachable), 6, "localhost:1");
    assertThat(dir).doesNotExist();
    Files.createDirectory(dir); // one that was there stays
    fails(run(unreachable), 6, "localhost:1");
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void what_is_wrong_is_found_in_the_order_of_its_making() throws IOException {
    Path dir = copy();
    Path configuration = dir.resolve("countersign.yaml");
    Path passphrase = dir.resolve("passphrase");
    Path addresses = Files.writeString(dir.resolve("addresses.json"), "of a killed process");
    String good = Files.readString(configuration);
    Files.writeString(configuration, good + "colour: red\n");
    Files.move(passphrase, temporary.resolve("kept"));
    Files.move(dir.resolve("database"), temporary.resolve("gone"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      String[] serve = {"serve", "--dir", dir.toString(), "--http-port", port};
      try (HomeLock lock = HomeLock.take(new Home(dir))) {
        fails(run(serve), 7, "Another countersignd");
        assertThat(lock).isNotNull();
        assertThat(addresses).exists(); // those of the process that has the folder
      }
      fails(run(serve), 7, "colour");
      assertThat(addresses).doesNotExist();
      Files.writeString(configuration, good);
      fails(run(serve), 7, "No passphrase");
      Files.move(temporary.resolve("kept"), passphrase);
      fails(run(serve), 7, "Port " + port);
    }
    fails(run("serve", "--dir", dir.toString()), 7, "database");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense                        | has no command "nonsense". Did you mean serve
          --nonsense                      | has no option --nonsense.
          root                            | root needs a command: export or remove.
          authority revoke a --dir x --reason superseded | needs --i-understand-that-all-its-certificates-fall.
          serve                           | serve needs --dir DIR.
          serve --dir                     | --dir needs a value: --dir DIR.
          serve --dir=                    | --dir: the value is empty.
          serve --dir x y                 | "y" is one argument too many
          serve --dir x --http-port y     | --http-port takes a whole number, not "y".
          serve --dir x --log-format yaml | --log-format: "yaml" is neither text nor json.
          --log-format yaml serve --dir x | --log-format: "yaml" is neither text nor json.
          init --dir x --root-key DSA     | choose one of P-256
          init --dir x --https-port 0     | give a number to init
          init --dir x --hostname a..b    | a..b
          help serv                       | Did you mean serve
          """)
  void wrong_usage_is_told_in_one_line_with_where_to_read_on(String line, String said) {
    Outcome outcome = run(line.replace(" x", " " + temporary.resolve("x")).split(" "));
    fails(outcome, 2, said, "countersignd: ", "--help.");
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(temporary).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({
    "countersign.log.level, loud, COUNTERSIGN_LOG_LEVEL: \"loud\" is none of DEBUG",
    "countersign.log.format, xml, COUNTERSIGN_LOG_FORMAT: \"xml\" is neither text nor json"
  })
  void a_wrong_setting_of_the_log(String property, String value, String said) {
    System.setProperty(property, value);
    try {
      fails(run("serve", "--dir", temporary.toString()), 2, said, "countersignd");
      assertThat(run("help", "serve").exitCode()).isZero();
      System.setProperty(property, "");
      fails(run("serve", "--dir", temporary.toString()), 7, "countersignd init");
    } finally {
      System.clearProperty(property);
    }
  }

  @Test
  void a_place_where_no_folder_can_be_made() {
    Outcome outcome = run("init", "--dir", "/proc/nowhere");
    fails(outcome, 7, "/proc/nowhere", "check the path");
    assertThat(outcome.err()).doesNotContain("mend");
  }

  @Test
  void a_port_in_use() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      fails(
          run("serve", "--dir", copy().toString(), "--https-port", port),
          7,
          "Port " + port,
          "--https-port");
    }
  }

  @Test
  void a_wrong_passphrase() throws IOException {
    Path dir = copy();
    Path wrong = temporary.resolve("wrong");
    Files.writeString(wrong, "wrong");
    Files.setPosixFilePermissions(wrong, PosixFilePermissions.fromString("rw-------"));
    Outcome outcome = run("serve", "--dir", dir.toString(), "--passphrase-file", wrong.toString());
    fails(outcome, 7, "does not open");
    assertThat(outcome.err()).as("of what never answered").doesNotContain("listens on");
    Files.delete(dir.resolve("passphrase"));
    fails(run("serve", "--dir", dir.toString()), 7, "No passphrase", "--passphrase-file");
  }

  @Test
  void secrets_that_everyone_may_read() throws IOException {
    Path dir = copy();
    Path passphrase = dir.resolve("passphrase");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r--r--"));
    fails(run("serve", "--dir", dir.toString()), 7, "chmod 600");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(
        dir.resolve("keys/issuing-1.pem"), PosixFilePermissions.fromString("rw-r--r--"));
    fails(run("serve", "--dir", dir.toString()), 7, "issuing-1.pem", "chmod 600");
  }

  @Test
  void a_database_that_is_corrupt_foreign_or_gone() throws IOException {
    Path dir = copy();
    Path file = dir.resolve("database/countersign.mv.db");
    byte[] good = Files.readAllBytes(file);
    Files.write(file, "this is not a database".getBytes(StandardCharsets.UTF_8));
    fails(run("serve", "--dir", dir.toString()), 7, "database");
    Files.delete(file);
    fails(run("serve", "--dir", dir.toString()), 7, "database");
    assertThat(file).doesNotExist();
    // of another authority: its certificates do not fit the keys
    try (TestServer other = TestServer.start()) {
      other.stop();
      Files.copy(other.dir.resolve("database/countersign.mv.db"), file);
      Files.copy(
          other.dir.resolve("database/countersign.acknowledged"),
          dir.resolve("database/countersign.acknowledged"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    fails(run("serve", "--dir", dir.toString()), 7, "is not the key");
    Files.write(file, good);
  }

  @Test
  void a_database_older_than_what_was_confirmed_serves_only_after_the_loss_was_accepted()
      throws IOException {
    Path dir = copy();
    Path file = dir.resolve("database/countersign.mv.db");
    byte[] older = Files.readAllBytes(file);
    assertThat(run("admin", "--dir", dir.toString()).exitCode()).isZero();
    Files.write(file, older);
    fails(run("serve", "--dir", dir.toString()), 7, "older than", "countersignd accept-older");
    fails(run("accept-older-database", "--dir", dir.toString()), 2, "i-understand");
    fails(run("admin", "--dir", dir.toString()), 7, "older than");

    String[] accept = {
      "accept-older-database",
      "--dir",
      dir.toString(),
      "--i-understand-that-revocations-may-be-lost"
    };
    long before = System.currentTimeMillis();
    Outcome accepted = run(accept);
    assertThat(accepted.exitCode()).as(accepted.err()).isZero();
    assertThat(accepted.err()).contains("Accepted at write");
    try (Server server =
        Server.start(
            new ServeOrder(
                new Home(dir),
                java.util.Optional.empty(),
                ServeOrder.Listening.configured(),
                false),
            TestServer.ground(new ShiftedClock()))) {
      assertThat(eventsOf(server, "database.accepted-older")).isEqualTo(1);
      assertThat(server.wiring().denials.known().number())
          .as("greater than that of any denial that was lost")
          .isGreaterThanOrEqualTo(before);
    }
    assertThat(run(accept).err()).contains("nothing was changed");
  }

  private static int eventsOf(Server server, String action) {
    return new dev.countersign.server.ledger.Ledger(server.wiring().founded.database())
        .list(
            dev.countersign.server.ledger.EventFilter.all().ofAction(action),
            dev.countersign.server.ledger.EventSpan.after(0),
            10)
        .items()
        .size();
  }

  @Test
  void a_configuration_that_cannot_be_meant() throws IOException {
    Path dir = copy();
    Path file = dir.resolve("countersign.yaml");
    String good = Files.readString(file);
    String[][] cases = {
      {good + "colour: red\n", "colour"},
      {good + "name: Twice\n", "name"},
      {good.replace("PT1H", "soon"), "crl.interval: \"soon\" is not a duration such as"},
      {
        good.replace("idle: PT30S", "idle: banana"),
        "limits.idle: \"banana\" is not a duration such as PT30S"
      },
      {
        good.replace("connections: 4096", "connections: many"),
        "limits.connections: this value is not a whole number such as 100"
      },
      {
        good.replace("profiles: {}", "profiles: [1]"),
        "profiles: this value is not a group of members"
      },
      {good.replace("PT1H", "soon"), ". Correct the file, then run the same command again."},
      {good.replace("PT1H", "PT99H"), "crl.life"},
      {good.replace("name: Test", "name: [1"), "name"},
      {good.replace("name: Test", "name: 'Test"), "YAML"},
      {good.replace("trustDomain: test.internal", ""), "trustDomain"},
      {good.replace("profiles: {}", "profiles: {peer: {renewAfter: 2.0}}"), "renewAfter"},
      {"", "empty"},
    };
    for (String[] each : cases) {
      Files.writeString(file, each[0]);
      fails(run("serve", "--dir", dir.toString()), 7, "countersign.yaml", each[1]);
    }
  }

  @Test
  void a_clock_that_was_set_back() throws IOException {
    ShiftedClock clock = new ShiftedClock();
    clock.shift(Duration.ofDays(-3));
    try {
      Server.start(
          new ServeOrder(
              new Home(copy()),
              java.util.Optional.empty(),
              ServeOrder.Listening.configured(),
              false),
          TestServer.ground(clock));
      throw new AssertionError("it started");
    } catch (StartFailure e) {
      assertThat(e).hasMessageContaining("the clock says").hasMessageContaining("set the clock");
      assertThat(e.exitCode()).isEqualTo(7);
    }
  }

  @Test
  void a_folder_that_another_process_has() throws IOException {
    Path dir = copy();
    try (HomeLock lock = HomeLock.take(new Home(dir))) {
      fails(run("serve", "--dir", dir.toString()), 7, "Another countersignd", "stop it");
      fails(run("admin", "--dir", dir.toString()), 7, "Another countersignd");
      assertThat(lock).isNotNull();
    }
    // What a killed process leaves behind keeps nobody out
    assertThat(dir.resolve("lock")).exists();
    Outcome admin = run("admin", "--dir", dir.toString(), "--identity", "second");
    assertThat(admin.exitCode()).as(admin.err()).isZero();
  }

  @Test
  void the_root_key_is_taken_away_and_everything_works_without_it() throws IOException {
    Path dir = copy();
    Path safe = temporary.resolve("root-copy.pem");
    fails(run("root", "remove", "--dir", dir.toString()), 2, "--copy");
    assertThat(run("root", "export", "--dir", dir.toString(), "--to", safe.toString()).exitCode())
        .isZero();
    fails(
        run("root", "export", "--dir", dir.toString(), "--to", safe.toString()),
        7,
        "not overwritten");
    assertThat(run("root", "remove", "--dir", dir.toString(), "--copy", safe.toString()).exitCode())
        .isZero();
    assertThat(dir.resolve("keys/root-1.pem")).doesNotExist();
    fails(
        run("root", "export", "--dir", dir.toString(), "--to", safe + "2"),
        7,
        "not on this machine");
    Server.start(
            new ServeOrder(
                new Home(dir),
                java.util.Optional.empty(),
                ServeOrder.Listening.configured(),
                false),
            TestServer.ground(new ShiftedClock()))
        .close();
  }
}
