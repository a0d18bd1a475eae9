package dev.countersign.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A JDK of this machine.
 *
 * @param version as it says itself, e.g. 17.0.15
 */
public record Jdk(Path home, String version) {
  private static final int OLDEST = 17;

  /**
   * Reads which one it is.
   *
   * @throws IllegalArgumentException when it is none, or too old
   */
  public static Jdk at(Path home) {
    Path release = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
      throw new IllegalArgumentException(
          home + " is no JDK: there is no bin/java, or no file named release. Give its home.");
    }
    Properties properties = new Properties();
    try (var in = Files.newInputStream(release)) {
      properties.load(in);
    } catch (IOException e) {
      throw new IllegalArgumentException(release + " cannot be read: " + e.getMessage(), e);
    }
    String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
    Jdk jdk = new Jdk(home, version);
    if (!version.matches("\\d+.*") || jdk.feature() < OLDEST) {
      throw new IllegalArgumentException(
          home + " is Java " + version + ": Java " + OLDEST + " or later is needed.");
    }
    return jdk;
  }

  /** The one that this runs on. */
  public static Jdk running() {
    return at(Path.of(System.getProperty("java.home")));
  }

  public int feature() {
    return Integer.parseInt(version.replaceAll("\\D.*", ""));
  }

  /** The program that starts it. */
  public String program() {
    return home.resolve("bin/java").toString();
  }

  /** What a program of ours needs of it. */
  public List<String> options() {
    List<String> options = new ArrayList<>(List.of("-Xlog:disable", "-XX:+UseSerialGC"));
    if (feature() >= 22) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    return options;
  }

  /** A command that starts it with the class path of this program. */
  public List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(program());
    command.addAll(options());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(arguments));
    return command;
  }
}
