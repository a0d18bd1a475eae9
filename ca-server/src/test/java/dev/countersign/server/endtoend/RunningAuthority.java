package dev.countersign.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.db.testing.Ports;
import dev.countersign.pki.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** {@code countersignd init} and {@code serve}, each as a process of its own. */
final class RunningAuthority implements AutoCloseable {
  private final Path directory;
  private final String adminString;
  private Process process;
  private URI https;

  RunningAuthority(Path directory, String... initOptions) throws Exception {
    this.directory = directory;
    List<String> init =
        new ArrayList<>(List.of("init", "--dir", directory.toString(), "--hostname", "localhost"));
    for (String listener : List.of("https", "http", "management")) {
      init.addAll(List.of("--" + listener + "-port", Ports.free(1).get(0).toString()));
    }
    init.addAll(List.of(initOptions));
    Process made = countersignd(init).redirectError(log()).start();
    adminString =
        new String(made.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(made.exitValue()).as(logText()).isZero();
    start();
  }

  /** Back when the server says on stdout that it is ready. */
  void start() throws Exception {
    process =
        countersignd(List.of("serve", "--dir", directory.toString())).redirectError(log()).start();
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith("https ")) {
        JsonNode addresses =
            Json.MAPPER.readTree(Files.readAllBytes(directory.resolve("addresses.json")));
        https = URI.create(addresses.get("https").textValue());
        return;
      }
    }
    throw new AssertionError("countersignd serve ended: " + logText());
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  String adminString() {
    return adminString;
  }

  URI https() {
    return https;
  }

  private File log() {
    return directory.resolveSibling(directory.getFileName() + ".log").toFile();
  }

  private String logText() throws IOException {
    return Files.readString(log().toPath());
  }

  private static ProcessBuilder countersignd(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                classPath(),
                "dev.countersign.server.Main"));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** Surefire puts the tests on the class path of the JVM, other launchers into a class loader. */
  private static String classPath() {
    if (RunningAuthority.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs())
          .map(URL::getPath)
          .collect(Collectors.joining(File.pathSeparator));
    }
    return System.getProperty("java.class.path");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
