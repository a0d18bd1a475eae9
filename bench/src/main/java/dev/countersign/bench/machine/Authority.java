package dev.countersign.bench.machine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An authority made for the measurement, served by {@code scripts/countersignd} in a process of its
 * own.
 */
public final class Authority implements AutoCloseable {
  private static final long START_WITHIN = TimeUnit.SECONDS.toNanos(60);

  private final Programs programs;
  private final Path work;
  private @Nullable Process process;
  private JsonNode addresses = Json.MAPPER.createObjectNode();

  /**
   * The scripts of a project, with the JDK that they take.
   *
   * @param project the folder with {@code scripts}
   */
  public record Programs(Path project, Jdk jdk) {
    private ProcessBuilder builder(String script, List<String> arguments) {
      List<String> command = new ArrayList<>();
      command.add(project.resolve("scripts").resolve(script).toString());
      command.addAll(arguments);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("JAVA_HOME", jdk.home().toString());
      return builder;
    }

    private String run(String script, List<String> arguments, Path errors)
        throws IOException, InterruptedException {
      Process process = builder(script, arguments).redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(
            script + " " + arguments.get(0) + " failed: " + Files.readString(errors));
      }
      return output;
    }
  }

  private Authority(Programs programs, Path work) {
    this.programs = programs;
    this.work = work;
  }

  /**
   * Makes one, serves it, enrols its first operator in {@code work/operator}, and stops it.
   *
   * @param initOptions further options of {@code countersignd init}
   */
  public static Authority make(Programs programs, Path work, List<String> initOptions)
      throws IOException, InterruptedException {
    Authority authority = new Authority(programs, work);
    List<String> init = new ArrayList<>(List.of("init", "--dir", authority.folder().toString()));
    for (String listener : List.of("https", "http", "management")) {
      init.addAll(List.of("--" + listener + "-port", Integer.toString(Ports.free())));
    }
    init.addAll(initOptions);
    String string =
        programs
            .run("countersignd", init, authority.errors())
            .strip()
            .lines()
            .reduce("", (a, b) -> b);

    // One address and one operator ask for everything: the limits for them are not what is
    // measured.
    Path configuration = authority.folder().resolve("countersign.yaml");
    Files.writeString(
        configuration,
        Files.readString(configuration).replaceAll("perSecond: \\d+", "perSecond: 0"));

    try (authority) {
      authority.start();
      Path file = work.resolve("operator.string");
      Files.writeString(file, string + "\n");
      programs.run(
          "countersign",
          List.of("enroll", "--string-file", file.toString(), "--dir", work + "/operator"),
          authority.errors());
    }
    return authority;
  }

  /** Starts it; returns the seconds until it said that it was ready. */
  public double start() throws IOException, InterruptedException {
    Path told = folder().resolve("addresses.json");
    Path log = work.resolve("ca.log");
    long begin = System.nanoTime();
    Process started =
        programs
            .builder("countersignd", List.of("serve", "--dir", folder().toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process = started;
    while (!isReady(told)) {
      if (!started.isAlive() || System.nanoTime() - begin > START_WITHIN) {
        started.destroy();
        throw new IOException("the authority did not start:\n" + Files.readString(log));
      }
      Thread.sleep(5);
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /** It writes its addresses when all listen, and answers /readyz when it can issue. */
  private boolean isReady(Path told) throws IOException {
    if (!Files.exists(told) || Files.size(told) == 0) {
      return false;
    }
    addresses = Json.MAPPER.readTree(told.toFile());
    URI ready = URI.create(addresses.path("management").asText() + "/readyz");
    HttpURLConnection connection = (HttpURLConnection) ready.toURL().openConnection();
    try {
      return connection.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    } finally {
      connection.disconnect();
    }
  }

  public URI https() {
    return URI.create(addresses.path("https").asText());
  }

  public URI http() {
    return URI.create(addresses.path("http").asText());
  }

  public Path folder() {
    return work.resolve("ca");
  }

  /** The operator's credential: key stores and their password. */
  public Path operator() {
    return work.resolve("operator/current");
  }

  public Jdk jdk() {
    return programs.jdk();
  }

  /** Of the process that serves. */
  public long pid() throws IOException {
    Process serving = process;
    if (serving == null || !serving.isAlive()) {
      throw new IOException("the authority has ended: see " + work.resolve("ca.log"));
    }
    return serving.pid();
  }

  /** Size of the embedded database in bytes; 0 when it is elsewhere. */
  public long databaseSize() throws IOException {
    Path database = folder().resolve("database");
    return Files.isDirectory(database) ? Disk.size(database) : 0;
  }

  private Path errors() {
    return work.resolve("errors");
  }

  @Override
  public void close() throws InterruptedException {
    Process serving = process;
    process = null;
    if (serving != null) {
      serving.destroy();
      if (!serving.waitFor(30, TimeUnit.SECONDS)) {
        serving.destroyForcibly();
      }
    }
  }
}
