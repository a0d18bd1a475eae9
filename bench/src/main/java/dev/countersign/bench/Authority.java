package dev.countersign.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An authority made for the measurement, served by {@code scripts/countersignd} in a process of its
 * own.
 */
final class Authority implements AutoCloseable {
  private static final int TICKS_PER_SECOND = 100; // USER_HZ, the same on all that Linux runs on

  private final Process process;
  private final Path folder;
  private final JsonNode addresses;

  private Authority(Process process, Path folder, JsonNode addresses) {
    this.process = process;
    this.folder = folder;
    this.addresses = addresses;
  }

  /**
   * Makes one, serves it, and enrols its first operator in {@code work/operator}.
   *
   * @param initOptions further options of {@code countersignd init}
   */
  static Authority start(Path project, Path work, List<String> initOptions)
      throws IOException, InterruptedException {
    Path folder = work.resolve("ca");
    List<String> init =
        new ArrayList<>(
            List.of(
                project.resolve("scripts/countersignd").toString(),
                "init",
                "--dir",
                folder.toString(),
                "--hostname",
                "localhost",
                "--https-port",
                freePort(),
                "--http-port",
                freePort(),
                "--management-port",
                freePort()));
    init.addAll(initOptions);
    String string = run(init, work).strip().lines().reduce("", (first, last) -> last);

    // One address and one operator ask for everything: the limits for them are not what is
    // measured.
    Path configuration = folder.resolve("countersign.yaml");
    Files.writeString(
        configuration,
        Files.readString(configuration).replaceAll("perSecond: \\d+", "perSecond: 0"));

    Process process =
        new ProcessBuilder(
                project.resolve("scripts/countersignd").toString(),
                "serve",
                "--dir",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("ca.log").toFile())
            .start();
    Path addresses = folder.resolve("addresses.json");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(addresses) || Files.size(addresses) == 0) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroy();
        throw new IOException(
            "the authority did not start:\n" + Files.readString(work.resolve("ca.log")));
      }
      Thread.sleep(50);
    }
    Authority authority = new Authority(process, folder, Json.MAPPER.readTree(addresses.toFile()));
    Path file = work.resolve("operator.string");
    Files.writeString(file, string + "\n");
    run(
        List.of(
            project.resolve("scripts/countersign").toString(),
            "enroll",
            "--string-file",
            file.toString(),
            "--dir",
            work.resolve("operator").toString()),
        work);
    return authority;
  }

  URI https() {
    return URI.create(addresses.path("https").asText());
  }

  URI http() {
    return URI.create(addresses.path("http").asText());
  }

  /** CPU seconds that the process has used, in user and in kernel mode. */
  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    // proc(5): the second field is a name in parentheses and may hold spaces; utime and stime are
    // fields 14 and 15
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
  }

  /** Resident memory in MiB: now, or the most there ever was. */
  long memory(boolean most) throws IOException {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith(most ? "VmHWM:" : "VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
          .findFirst()
          .orElse(-1);
    }
  }

  /** Size of the embedded database in bytes; 0 when it is elsewhere. */
  long databaseSize() throws IOException {
    Path database = folder.resolve("database");
    if (!Files.isDirectory(database)) {
      return 0;
    }
    long size = 0;
    try (Stream<Path> files = Files.walk(database)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        size += Files.size(file);
      }
    }
    return size;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return Integer.toString(socket.getLocalPort());
    }
  }

  private static String run(List<String> command, Path work)
      throws IOException, InterruptedException {
    Path errors = work.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(
          String.join(" ", command.subList(0, 2))
              + " ended with "
              + process.exitValue()
              + ": "
              + Files.readString(errors));
    }
    return output;
  }

  @Override
  public String toString() {
    return Arrays.asList(https(), http()).toString();
  }
}
