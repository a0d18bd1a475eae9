package dev.countersign.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is behind the three standard streams of this process. */
public final class StandardStreams {
  public static final int IN = 0;
  public static final int OUT = 1;
  public static final int ERR = 2;

  /** What both programs say when their data did not get out. */
  public static final String OUTPUT_LOST =
      "Could not write the output: stdout is closed, or the disk behind it is full. Lead it where it"
          + " can be written, then run the same command again.";

  private StandardStreams() {}

  /**
   * {@code System.console()} only tells about stdin and stdout together, and differently since Java
   * 22.
   */
  @SuppressWarnings(
      "SystemConsoleNull") // only where there is no /proc, and then too optimistic since Java 22
  public static boolean isTerminal(int descriptor) {
    try {
      String target = target(descriptor).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      return System.console() != null;
    }
  }

  /** The file that a stream was redirected to, where the system tells. */
  public static Optional<Path> file(int descriptor) {
    try {
      return Optional.of(target(descriptor)).filter(Files::isRegularFile);
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      return Optional.empty();
    }
  }

  private static Path target(int descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
  }
}
