package dev.countersign.server;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** For how long the machine has been up, sleep included: Linux says that, to 10 ms. */
final class Uptime {
  private static final Path FILE = Path.of("/proc/uptime"); // proc(5)

  /** Empty where nobody says. */
  OptionalLong nanoseconds() {
    try {
      String text = Files.readString(FILE);
      return OptionalLong.of(
          new BigDecimal(text.substring(0, text.indexOf(' '))).movePointRight(9).longValueExact());
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }
}
