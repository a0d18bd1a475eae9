package dev.countersign.server.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.testing.FaultProxy;
import dev.countersign.db.testing.Ports;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * PostgreSQL as processes of the test's own, which flush what they commit, and can be stopped,
 * killed, started again, copied and promoted.
 */
final class Postgres implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Path data;
  private final Path binaries;
  private final int port = Ports.free(1).get(0);
  private final List<String> settings = new ArrayList<>();
  private boolean running;

  private Postgres(Path data, Path binaries) {
    this.data = data;
    this.binaries = binaries;
    set("port", Integer.toString(port));
    set("listen_addresses", "127.0.0.1");
    set("unix_socket_directories", "");
    set("shared_buffers", "16MB");
    set("max_connections", "300"); // as when it was made: a standby must not have less
  }

  /** A new one in this folder, not started. */
  static Postgres make(Path data) throws IOException {
    EmbeddedPostgres first =
        EmbeddedPostgres.builder()
            .setPort(Ports.free(1).get(0))
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .start();
    String command = Files.readString(data.resolve("postmaster.opts"), UTF_8);
    first.close();
    Path program = Path.of(command.substring(0, command.indexOf(' ')).replace("\"", ""));
    return new Postgres(data, program.resolveSibling("pg_ctl"));
  }

  /**
   * A copy of this one, which does not run, to follow it.
   *
   * @param through where it asks for what is new
   */
  Postgres standby(Path copy, String name, FaultProxy through) throws IOException {
    Files.createDirectory(copy);
    Sites.copyTree(data, copy);
    Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(data));
    Files.createFile(copy.resolve("standby.signal"));
    Files.writeString(
        copy.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port="
            + through.port()
            + " user=postgres application_name="
            + name
            + "'\n",
        UTF_8);
    return new Postgres(copy, binaries);
  }

  /** For the next start. */
  void set(String name, String value) {
    settings.add("-c " + name + "='" + value + "'");
  }

  int port() {
    return port;
  }

  String url() {
    return url(port);
  }

  /** The database of this one, at another door. */
  static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  void start() throws IOException, InterruptedException {
    running = true;
    control("start", "-l", data + ".log", "-o", String.join(" ", settings));
  }

  /** Connections are broken off, nothing is lost. */
  void stop() throws IOException, InterruptedException {
    control("stop", "-m", "fast");
    running = false;
  }

  void promote() throws IOException, InterruptedException {
    control("promote");
  }

  /** All its processes at once, as by a power cut but for what the disk has. */
  void kill() throws IOException {
    String first = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
    ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(first)).orElseThrow();
    List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
    all.addAll(postmaster.descendants().toList());
    all.forEach(ProcessHandle::destroyForcibly);
    Awaitility.await().atMost(LONG).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    running = false;
  }

  private void control(String what, String... more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U")); // PostgreSQL does not run as root
    }
    command.addAll(List.of(binaries.toString(), "-D", data.toString(), "-w", "-t", "60", what));
    command.addAll(List.of(more));
    Path said = Path.of(data + ".said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("%s", command).isTrue();
    assertThat(process.exitValue()).as("%s: %s", command, Files.readString(said)).isZero();
  }

  /** The first column of what a statement finds. */
  List<String> strings(String sql) throws SQLException {
    return strings(url(), sql);
  }

  static List<String> strings(String url, String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url, "postgres", "");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(String.valueOf(rows.getString(1)));
      }
    }
    return found;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (running) {
      control("stop", "-m", "immediate");
    }
  }
}
