package dev.countersign.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** {@code countersign}: the one place that takes clock, chance and streams from the machine. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    Surroundings surroundings =
        new Surroundings(
            System.getenv(),
            new Surroundings.Streams(
                System.in,
                out,
                err,
                StandardStreams.isTerminal(StandardStreams.IN),
                StandardStreams.isTerminal(StandardStreams.OUT),
                StandardStreams.isTerminal(StandardStreams.ERR)),
            InstantSource.system(),
            new SecureRandom(),
            home(),
            isSuperuser());
    int code = new Cli(surroundings).run(arguments);
    out.flush();
    err.flush();
    System.exit(code);
  }

  /**
   * Runs one command within this process, without a terminal, and gives its exit code.
   *
   * @param home of the user, for the default folders
   */
  public static int run(
      Map<String, String> environment,
      Path home,
      InputStream in,
      PrintStream out,
      PrintStream err,
      String... arguments) {
    Surroundings surroundings =
        new Surroundings(
            environment,
            new Surroundings.Streams(in, out, err, false, false, false),
            InstantSource.system(),
            new SecureRandom(),
            home,
            false);
    return new Cli(surroundings).run(arguments);
  }

  /** As a shell has it: the JVM asks the table of users, whatever {@code $HOME} says. */
  private static Path home() {
    return Optional.ofNullable(System.getenv("HOME"))
        .filter(home -> !home.isEmpty())
        .map(Path::of)
        .filter(Path::isAbsolute)
        .orElseGet(() -> Path.of(System.getProperty("user.home", "/")));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), 8192),
        false,
        StandardCharsets.UTF_8);
  }

  private static boolean isSuperuser() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return "root".equals(System.getProperty("user.name"));
    }
  }
}
