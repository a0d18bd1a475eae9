package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.testing.CommandPage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code init}, {@code serve} and {@code ready} say, and where they listen. */
class CommandsTest {
  private static TestServer server;

  @TempDir Path temporary;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private InProcess.Ended init(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "init";
    arguments[1] = "--dir";
    arguments[2] = temporary.resolve("ca").toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    InProcess.Ended ended = InProcess.countersignd(arguments);
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended;
  }

  private String configuration() throws IOException {
    return Files.readString(temporary.resolve("ca/countersign.yaml"));
  }

  @Test
  void the_manual_has_each_command_with_its_options_and_no_other() {
    Map<String, Set<String>> there = new TreeMap<>();
    collect(Main.commandLine(CommandLine.defaultFactory(), List.of()), "", there);
    assertThat(new TreeMap<>(CommandPage.read().options("countersignd"))).isEqualTo(there);
  }

  private static void collect(CommandLine line, String words, Map<String, Set<String>> found) {
    line.getSubcommands().forEach((name, sub) -> collect(sub, (words + " " + name).strip(), found));
    if (line.getSubcommands().isEmpty()) {
      Set<String> options = new TreeSet<>();
      line.getCommandSpec().options().stream()
          .filter(option -> !option.inherited() && !option.usageHelp() && !option.versionHelp())
          .forEach(option -> options.add(option.longestName()));
      found.put(words, options);
    }
  }

  @Test
  void init_prints_the_string_alone_and_says_the_next_commands() throws IOException {
    InProcess.Ended ended = init();
    assertThat(ended.out()).matches("csgn1_[A-Za-z0-9_-]+\\R");
    assertThat(ended.err())
        .contains(
            "for this machine alone, as localhost",
            "  countersignd serve --dir " + temporary.resolve("ca"),
            "  countersign enroll --operator")
        .doesNotContain("csgn1_");
    assertThat(configuration()).contains("bind: 127.0.0.1").doesNotContain("0.0.0.0");
  }

  @Test
  void init_records_where_to_listen() throws IOException {
    InProcess.Ended ended =
        init("--hostname", "ca.internal", "--bind", "127.0.0.2", "--management-bind", "127.0.0.3");
    assertThat(ended.err()).contains("listen on 127.0.0.2");
    assertThat(configuration()).containsOnlyOnce("bind: 127.0.0.3").contains("bind: 127.0.0.2");
  }

  @Test
  void init_with_a_name_for_others_listens_to_them() throws IOException {
    assertThat(init("--hostname", "ca.internal").err())
        .contains("on all interfaces, as ca.internal");
    assertThat(configuration()).contains("bind: 0.0.0.0");
  }

  @Test
  void init_says_that_an_address_is_not_of_this_machine_and_refuses_a_name_of_nobody()
      throws IOException {
    assertThat(init("--bind", "192.0.2.7").err()) // RFC 5737 3: for documentation
        .contains("Mind --bind 192.0.2.7: this machine has no such address now");
    InProcess.Ended ended =
        InProcess.countersignd(
            "init",
            "--dir",
            temporary.resolve("none").toString(),
            "--management-bind",
            "nobody.invalid"); // RFC 6761 6.4
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err())
        .contains("--management-bind: nobody knows the name nobody.invalid: give an address");
    assertThat(temporary.resolve("none")).doesNotExist();
  }

  @Test
  void the_next_commands_have_the_passphrase_file_and_what_is_revoked_stays_so()
      throws IOException {
    Path secret = Files.writeString(temporary.resolve("secret"), "correct horse\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    String dir = temporary.resolve("ca").toString();
    String options = "--dir " + dir + " --passphrase-file " + secret;
    assertThat(init("--passphrase-file", secret.toString()).err())
        .contains("  countersignd serve " + options, "  countersignd root export " + options);
    String copy = temporary.resolve("root.pem").toString();
    assertThat(done("root export " + options + " --to " + copy))
        .contains("countersignd root remove " + options + " --copy " + copy);
    String revoke =
        "authority revoke issuing-1 --reason superseded"
            + " --i-understand-that-all-its-certificates-fall "
            + options;
    assertThat(done(revoke))
        .contains(
            "issuing-2 issues from now on",
            "countersignd root remove " + options,
            "countersignd serve " + options);
    assertThat(done(revoke)).contains("issuing-1 is revoked already; nothing was changed.");
    assertThat(temporary.resolve("ca/keys/issuing-3.pem")).doesNotExist();
    assertThat(done("admin " + options)).contains("(countersignd serve " + options + ")");
  }

  private static String done(String command) {
    InProcess.Ended ended = InProcess.countersignd(command.split(" "));
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended.err();
  }

  @Test
  void two_listeners_never_get_one_port() throws IOException {
    String dir = temporary.resolve("none").toString();
    InProcess.Ended ended =
        InProcess.countersignd(
            "init", "--dir", dir, "--https-port", "18443", "--http-port", "18443");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err())
        .contains("https and http cannot both listen on port 18443", "--http-port");
    assertThat(temporary.resolve("none")).doesNotExist();
    init();
    String made = temporary.resolve("ca").toString();
    ended = InProcess.countersignd("serve", "--dir", made, "--https-port", "9090");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("https and management cannot both listen on port 9090");
    Path file = temporary.resolve("ca/countersign.yaml");
    Files.writeString(file, Files.readString(file).replace("8080", "9090"));
    ended = InProcess.countersignd("serve", "--dir", made);
    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.err()).contains(file + ": listeners: http and management cannot both");
  }

  @Test
  void where_the_string_went_decides_how_the_admin_enrols() throws IOException {
    Initialization.Made made =
        new Initialization(new Home(temporary.resolve("ca")), TestServer.ground(server.clock))
            .run(
                new Initialization.Order(
                    TestServer.config(TestServer.Settings.usual()),
                    dev.countersign.pki.KeyAlgorithm.P256,
                    dev.countersign.pki.KeyAlgorithm.P256,
                    java.util.List.of(),
                    Optional.empty()));
    InitReport report =
        new InitReport(
            new Home(temporary.resolve("ca")),
            "--dir ca",
            TestServer.config(TestServer.Settings.usual()),
            made);
    assertThat(report.whatIsNext(new InitReport.Destination(true, Optional.empty())))
        .contains("the string below")
        .endsWith("countersign enroll --operator    (asks for it)");
    Path file = Files.createFile(temporary.resolve("admin.string"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    InitReport.Destination redirected = new InitReport.Destination(false, Optional.of(file));
    assertThat(report.whatIsNext(redirected))
        .endsWith("countersign enroll --operator --string-file " + file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(report.whatIsNext(redirected)).endsWith("chmod 600 " + file);
    assertThat(report.whatIsNext(new InitReport.Destination(false, Optional.empty())))
        .contains("standard output")
        .endsWith("--string-file FILE");
  }

  @Test
  void serve_listens_where_it_is_told_and_nowhere_else() throws IOException {
    init("--https-port", "1", "--http-port", "2", "--management-port", "3");
    ServeOrder.Ports free = new ServeOrder.Ports(Optional.of(0), Optional.of(0), Optional.of(0));
    ServeOrder order =
        new ServeOrder(
            new Home(temporary.resolve("ca")),
            Optional.empty(),
            new ServeOrder.Listening(free, Optional.of("127.0.0.2"), Optional.of("127.0.0.3")),
            false);
    try (Server bound = Server.start(order, TestServer.ground(server.clock))) {
      int https = URI.create(bound.addresses().https()).getPort();
      int http = URI.create(bound.addresses().http()).getPort();
      URI management = URI.create(bound.addresses().management());
      assertThat(management.getHost()).isEqualTo("127.0.0.3");
      connects("127.0.0.2", https);
      connects("127.0.0.2", http);
      connects("127.0.0.3", management.getPort());
      refuses("127.0.0.1", https);
      refuses("127.0.0.1", http);
      refuses("127.0.0.2", management.getPort());
    }
  }

  private static void connects(String address, int port) throws IOException {
    new Socket(address, port).close();
  }

  private static void refuses(String address, int port) {
    assertThatThrownBy(() -> connects(address, port)).isInstanceOf(ConnectException.class);
  }

  /** What is said when stdout takes nothing, which ends a command with 7. */
  private static String withoutOutput(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream talk = new ByteArrayOutputStream();
    System.setOut(
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("No space left on device");
              }
            },
            false,
            StandardCharsets.UTF_8));
    System.setErr(new PrintStream(talk, true, StandardCharsets.UTF_8));
    try {
      assertThat(Main.run(arguments)).isEqualTo(ExitCodes.LOCAL_FILES);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return talk.toString(StandardCharsets.UTF_8);
  }

  @Test
  void ready_tells_where_the_authority_of_a_folder_answers() throws IOException {
    InProcess.Ended ready = InProcess.countersignd("ready", "--dir", server.dir.toString());
    assertThat(ready.code()).as(ready.err()).isZero();
    assertThat(ready.out().lines())
        .containsExactly(
            "https " + server.https(),
            "http " + server.http(),
            "management " + server.management());
    assertThat(withoutOutput("ready", "--dir", server.dir.toString()))
        .contains("Could not write the output: stdout is closed, or the disk");
    server.stop();
    InProcess.Ended stopped =
        InProcess.countersignd("ready", "--dir", server.dir.toString(), "--timeout", "0");
    assertThat(stopped.code()).isEqualTo(6);
    assertThat(stopped.err()).contains("nothing serves it");
    // as a process that was killed leaves it
    Files.writeString(
        server.dir.resolve("addresses.json"), "{\"management\": \"http://127.0.0.1:1\"}");
    InProcess.Ended killed =
        InProcess.countersignd("ready", "--dir", server.dir.toString(), "--timeout", "0");
    assertThat(killed.code()).isEqualTo(6);
    assertThat(killed.err()).contains("http://127.0.0.1:1 does not answer");
    server.serve();
    InProcess.Ended none =
        InProcess.countersignd("ready", "--dir", temporary.toString(), "--timeout", "0");
    assertThat(none.code()).isEqualTo(7);
    assertThat(temporary).isEmptyDirectory();
  }
}
