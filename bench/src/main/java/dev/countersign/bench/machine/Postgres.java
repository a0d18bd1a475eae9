package dev.countersign.bench.machine;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL as processes of its own, made for the measurement. Its settings are the defaults, so
 * it flushes what it commits.
 */
public final class Postgres implements AutoCloseable {
  private static final String USER = "postgres";

  private final Path data;
  private final Path control;
  private final int port;

  private Postgres(Path data, Path control, int port) {
    this.data = data;
    this.control = control;
    this.port = port;
  }

  /** Makes one in this folder, and starts it. */
  public static Postgres start(Path data) throws IOException, InterruptedException {
    Path program;
    // The library would start it without flushing: it makes the folder, and is asked no more.
    try (EmbeddedPostgres first =
        EmbeddedPostgres.builder()
            .setPort(Ports.free())
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .start()) {
      String command = Files.readString(data.resolve("postmaster.opts"));
      program = Path.of(command.substring(0, command.indexOf(' ')).replace("\"", ""));
    }
    Postgres postgres = new Postgres(data, program.resolveSibling("pg_ctl"), Ports.free());
    postgres.control(
        "start",
        "-l",
        data + ".log",
        "-o",
        "-c port="
            + postgres.port
            + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''");
    return postgres;
  }

  /** Makes a database; returns the options of {@code countersignd init} that name it. */
  public List<String> createDatabase(String name) throws SQLException {
    query(USER, "create database " + name);
    return List.of("--database-url", url(name), "--database-user", USER);
  }

  public void execute(String database, String sql) throws SQLException {
    query(database, sql);
  }

  public int port() {
    return port;
  }

  public String version() throws SQLException {
    return query(USER, "show server_version").replaceAll(" .*", "");
  }

  /** In bytes. */
  public long size(String database) throws SQLException {
    return Long.parseLong(query(USER, "select pg_database_size('" + database + "')"));
  }

  /** CPU seconds of all its processes. */
  public double cpuSeconds() throws IOException {
    return ProcessStatus.cpuSecondsOfAll(postmaster());
  }

  /** For JDBC. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** The first column of the first row, or nothing. */
  private String query(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database), USER, "");
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? String.valueOf(rows.getString(1)) : "";
      }
    }
  }

  private ProcessHandle postmaster() throws IOException {
    String first = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
    return ProcessHandle.of(Long.parseLong(first))
        .orElseThrow(() -> new IOException("PostgreSQL has ended: " + data + ".log"));
  }

  private void control(String what, String... more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U")); // PostgreSQL does not run as root
    }
    command.addAll(List.of(control.toString(), "-D", data.toString(), "-w", "-t", "60", what));
    command.addAll(List.of(more));
    Path said = Path.of(data + ".said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    if (process.waitFor() != 0) {
      throw new IOException("pg_ctl " + what + " failed: " + Files.readString(said));
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    control("stop", "-m", "fast");
  }
}
