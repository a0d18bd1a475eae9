package dev.countersign.server.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code countersignd serve} as a process, ready to answer. */
final class Daemon implements AutoCloseable {
  private static final String LAST_LINE = "management";

  private final Process process;
  private final Path log;
  private final Map<String, URI> addresses;

  private Daemon(Process process, Path log, Map<String, URI> addresses) {
    this.process = process;
    this.log = log;
    this.addresses = addresses;
  }

  /** Where a server of this folder logs to. */
  static Path log(Path directory) {
    return directory.resolveSibling(directory.getFileName() + ".log");
  }

  static Daemon serve(Path directory, String... options) throws IOException {
    return launch(directory, List.of(), options).ready();
  }

  static Launched launch(Path directory, List<String> jvmOptions, String... options)
      throws IOException {
    return launch(directory, Program.Jvm.USUAL.with(jvmOptions.toArray(String[]::new)), options);
  }

  static Launched launch(Path directory, Program.Jvm jvm, String... options) throws IOException {
    Path log = log(directory);
    List<String> command = Program.countersignd(jvm, "serve", "--dir", directory.toString());
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new Launched(process, log);
  }

  /** Started, perhaps not ready yet. */
  record Launched(Process process, Path log) {
    Daemon ready() throws IOException {
      Map<String, URI> addresses = new HashMap<>();
      BufferedReader out = process.inputReader(US_ASCII);
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        String[] words = line.split(" ", 2);
        addresses.put(words[0], URI.create(words[1]));
        if (words[0].equals(LAST_LINE)) {
          return new Daemon(process, log, addresses);
        }
      }
      throw new AssertionError("countersignd serve ended: " + Files.readString(log));
    }
  }

  URI https() {
    return address("https");
  }

  URI http() {
    return address("http");
  }

  URI management() {
    return address(LAST_LINE);
  }

  private URI address(String name) {
    URI address = addresses.get(name);
    if (address == null) {
      throw new IllegalStateException("no address " + name + " in " + addresses);
    }
    return address;
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL: no hook of the process runs. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  int ended() throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    return process.exitValue();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() throws InterruptedException {
    terminate();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      kill();
    }
  }
}
