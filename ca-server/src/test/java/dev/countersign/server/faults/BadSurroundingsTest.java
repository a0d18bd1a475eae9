package dev.countersign.server.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.countersign.db.testing.Ports;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What an operator gets wrong, or a machine: each ends at once with its exit code and one sentence
 * that says what to do, and leaves every file as it was.
 */
@ExtendWith(Sites.Shared.class)
@Timeout(300)
class BadSurroundingsTest {
  private static final int USAGE = 2;
  private static final int UNREACHABLE = 6;
  private static final int LOCAL_FILES = 7;

  private Site site = new Site(Path.of("none"));
  private boolean databaseIsBad;

  @BeforeEach
  void copy(Sites sites) throws Exception {
    site = sites.fresh();
  }

  private Path file(String name) {
    return site.directory().resolve(name);
  }

  private Path database() {
    return file("database/countersign.mv.db");
  }

  private Program.Ended command(String name, String... more) {
    List<String> arguments = new ArrayList<>(List.of(name, "--dir", site.directory().toString()));
    arguments.addAll(List.of(more));
    return Program.inProcess(arguments.toArray(new String[0]));
  }

  /** Serving is refused with this code and these words, and no file is changed. */
  private void refused(int code, String... words) throws IOException {
    refusedWith(List.of(), code, words);
  }

  private void refusedWith(List<String> options, int code, String... words) throws IOException {
    Map<String, String> before = content();
    Program.Ended ended = command("serve", options.toArray(new String[0])).with(code);
    assertThat(ended.complaint()).contains(words);
    assertThat(ended.out()).isEmpty();
    assertThat(content()).isEqualTo(before);
  }

  /**
   * All that counts: not the lock, which says who came last, nor the addresses; and nothing of the
   * database while it is a good one, which rearranges its file when it is opened.
   */
  private Map<String, String> content() throws IOException {
    Map<String, String> content = new HashMap<>();
    try (Stream<Path> files = Files.walk(site.directory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = site.directory().relativize(file).toString();
        boolean good = name.equals("database/countersign.mv.db") && !databaseIsBad;
        if (!good && !name.equals("lock") && !name.equals("addresses.json")) {
          content.put(name, Arrays.hashCode(Files.readAllBytes(file)) + " " + Files.size(file));
        }
      }
    }
    return content;
  }

  // the database

  /** What is left is not enough for H2 to take an earlier state for the newest. */
  @Test
  void a_database_of_which_little_is_left_is_told() throws IOException {
    byte[] whole = Files.readAllBytes(database());
    Files.write(database(), Arrays.copyOf(whole, 2 * 4096 + 1000));
    refused(LOCAL_FILES, "database", "backup");
  }

  @Test
  void a_database_with_a_header_of_noise_is_damaged() throws IOException {
    byte[] bytes = Files.readAllBytes(database());
    for (int i = 0; i < 8192; i++) { // H2: two copies of the header in the first two blocks
      bytes[i] ^= 0x55;
    }
    databaseIsBad = true;
    Files.write(database(), bytes);
    refused(LOCAL_FILES, "database", "damaged", "backup");
  }

  @Test
  void a_database_of_something_else_is_not_touched() throws Exception {
    Files.delete(database());
    theirs("create table theirs (id int)");
    refused(LOCAL_FILES, "database", "not one of Countersign's", "backup");
    theirs("insert into theirs values (1)");
  }

  private void theirs(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:file:" + file("database/countersign"), "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void a_database_that_is_gone_is_to_be_put_back_not_made_anew() throws IOException {
    Files.delete(database());
    refused(LOCAL_FILES, "There is no database", "backup");
    assertThat(database()).doesNotExist();
  }

  @Test
  void a_database_server_that_does_not_answer_is_unreachable() throws IOException {
    int closed = Ports.free(1).get(0);
    Files.writeString(
        file("countersign.yaml"),
        Files.readString(file("countersign.yaml"))
            + "\ndatabase: {url: 'jdbc:postgresql://localhost:"
            + closed
            + "/ca', user: ca}\n");
    refused(UNREACHABLE, "PostgreSQL", "check that it runs");
  }

  // secrets

  @Test
  void a_wrong_passphrase_opens_nothing() throws IOException {
    Files.writeString(file("passphrase"), "not this one\n");
    refused(LOCAL_FILES, "passphrase", "does not open", "in use at init");
  }

  @Test
  void without_a_passphrase_all_places_for_it_are_told() throws IOException {
    Files.delete(file("passphrase"));
    refused(LOCAL_FILES, "--passphrase-file", "$COUNTERSIGN_PASSPHRASE");
  }

  @Test
  void secrets_that_everyone_can_read_are_not_used() throws IOException {
    for (String name : List.of("passphrase", "keys/issuing-1.pem")) {
      Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-r--r--"));
      refused(LOCAL_FILES, name, "every user", "chmod 600");
      Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void a_key_that_is_gone_cut_short_or_of_another_authority_is_told_apart() throws IOException {
    Path key = file("keys/issuing-1.pem");
    String good = Files.readString(key);
    Files.writeString(key, good.substring(0, good.length() / 2));
    refused(LOCAL_FILES, "issuing-1.pem", "backup");
    Files.copy(file("keys/root-1.pem"), key, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    refused(LOCAL_FILES, "is not the key of the certificate in the database");
    Files.delete(key);
    refused(LOCAL_FILES, "issuing-1", "missing", "backup");
  }

  @Test
  void what_may_not_be_read_or_written_is_told() throws Exception {
    assumeTrue(obeysModes(), "needs setpriv to obey file modes as root");
    Files.setPosixFilePermissions(file("passphrase"), PosixFilePermissions.fromString("---------"));
    assertThat(obedient("serve").with(LOCAL_FILES).complaint())
        .contains("passphrase", "permission denied");
    Files.setPosixFilePermissions(file("passphrase"), PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(database(), PosixFilePermissions.fromString("---------"));
    assertThat(obedient("serve").with(LOCAL_FILES).complaint())
        .contains("countersign.mv.db", "owner and mode");
    Files.setPosixFilePermissions(database(), PosixFilePermissions.fromString("rw-------"));
    Files.delete(file("lock"));
    Files.setPosixFilePermissions(site.directory(), PosixFilePermissions.fromString("r-x------"));
    assertThat(obedient("serve").with(LOCAL_FILES).complaint())
        .contains(site.directory().toString(), "may not be touched by this user");
    Files.setPosixFilePermissions(site.directory(), PosixFilePermissions.fromString("rwx------"));
  }

  /** As root one may read everything, unless that right is given up. */
  private static boolean obeysModes() throws InterruptedException {
    try {
      List<String> command = new ArrayList<>(obeying());
      command.add("true");
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> obeying() {
    return System.getProperty("user.name").equals("root")
        ? List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search")
        : List.of();
  }

  private Program.Ended obedient(String name) throws InterruptedException {
    List<String> command = new ArrayList<>(obeying());
    command.addAll(Program.countersignd(List.of(), name, "--dir", site.directory().toString()));
    return Program.run(command);
  }

  // ports, clock, configuration

  @Test
  void a_port_in_use_is_named_with_the_option_that_changes_it() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
      String port = Integer.toString(taken.getLocalPort());
      for (String option : List.of("--https-port", "--http-port", "--management-port")) {
        refusedWith(List.of(option, port), LOCAL_FILES, "Port " + port, option);
      }
    }
  }

  @Test
  void a_clock_before_the_newest_record_starts_nothing() throws IOException {
    site.stored(
        database ->
            database.writeAndWait(
                handle ->
                    handle
                        .createUpdate("update event set happened_at = :at")
                        .bind("at", Site.CLOCK.instant().plus(Duration.ofHours(2)))
                        .execute()));
    Program.Ended ended = command("serve").with(LOCAL_FILES);
    assertThat(ended.complaint())
        .contains("the clock says", "newest record", "set the clock right");
  }

  @Test
  void what_the_configuration_must_not_say_is_named_with_its_line() throws IOException {
    Path config = file("countersign.yaml");
    String good = Files.readString(config);
    String[][] cases = {
      {good + "\nlimit: {}\n", "unknown member 'limit'", "line"},
      {good.replace("trustDomain:", "trustdomain:"), "trustDomain is missing", "line"},
      {good.replace("idle: PT30S", "idel: PT30S"), "unknown member 'limits.idel'", "known here"},
      {good + "\nname: twice\n", "uplicate", "line"},
      {good + "\n  - [\n", "not YAML", "expected", "line"},
      {good + "\n[", "not YAML", "line"},
      {good.replace("idle: PT30S", "idle: soon"), "idle", "line"},
      {good.replace("connections: 4096", "connections: many"), "connections", "line"},
      {"", "countersign.yaml", "backup"},
    };
    for (String[] each : cases) {
      Files.writeString(config, each[0], UTF_8);
      refused(LOCAL_FILES, Arrays.copyOfRange(each, 1, each.length));
    }
  }

  @Test
  void an_address_of_another_machine_is_not_listened_on() throws IOException {
    Path config = file("countersign.yaml");
    Sites.replace(config, "127.0.0.1", "192.0.2.1"); // RFC 5737: nobody's
    refused(LOCAL_FILES, "192.0.2.1", "listeners.");
  }

  // the folder

  @Test
  void a_folder_in_use_by_another_process_is_left_alone() throws Exception {
    try (Daemon daemon = site.serve()) {
      Map<String, String> before = content();
      Path to = site.place().resolve("root.pem");
      List<Program.Ended> ended =
          List.of(command("serve"), command("admin"), command("init"), rootExport(to));
      assertThat(ended)
          .allSatisfy(
              one ->
                  assertThat(one.with(LOCAL_FILES).complaint())
                      .contains("process " + daemon.pid(), "stop it first"));
      assertThat(content()).isEqualTo(before);
      assertThat(to).doesNotExist();
      Site.add(site.admin(), "still-served");
    }
  }

  private Program.Ended rootExport(Path to) {
    return Program.inProcess(
        "root", "export", "--dir", site.directory().toString(), "--to", to.toString());
  }

  @Test
  void serve_never_makes_an_authority_and_init_never_unmakes_one(Sites sites) throws Exception {
    refusedInit();
    site = sites.bare();
    Program.Ended absent = command("serve").with(LOCAL_FILES);
    assertThat(absent.complaint()).contains("countersignd init --dir");
    Files.createDirectory(site.directory());
    Program.Ended empty = command("serve").with(LOCAL_FILES);
    assertThat(empty.complaint()).contains("There is no authority", "countersignd init --dir");
    assertThat(content()).isEmpty();
  }

  private void refusedInit() throws IOException {
    Map<String, String> before = content();
    assertThat(command("init").with(LOCAL_FILES).complaint())
        .contains("already", "nothing was changed", "countersignd serve");
    Files.delete(file("countersign.yaml"));
    assertThat(command("init").with(LOCAL_FILES).complaint())
        .contains("no countersign.yaml", "nothing was changed", "backup");
    before.remove("countersign.yaml");
    assertThat(content()).isEqualTo(before);
  }

  @Test
  void wrong_words_are_usage_and_make_nothing(Sites sites) throws Exception {
    site = sites.bare();
    String[][] cases = {
      {"--root-key", "DSA"},
      {"--hostname", "not a host"},
      {"--name-constraint", "what:ever"},
      {"--https-port", "0"},
      {"--https-port", "99999"},
    };
    for (String[] each : cases) {
      command("init", each).with(USAGE);
      assertThat(site.directory())
          .as(String.join(" ", each))
          .satisfiesAnyOf(
              it -> assertThat(it).doesNotExist(), it -> assertThat(content()).isEmpty());
    }
  }
}
