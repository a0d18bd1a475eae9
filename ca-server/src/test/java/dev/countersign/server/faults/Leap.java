package dev.countersign.server.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/** By how much the clock of a machine is wrong; may be changed while a server runs there. */
final class Leap {
  private final Path file;

  Leap(Path file) throws IOException {
    this.file = file;
    by(Duration.ZERO);
  }

  /** At once for whoever reads it: never half a number. */
  void by(Duration by) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, by.toString());
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  Program.Jvm jvm() {
    return Program.Jvm.leaping(file);
  }
}
