package dev.countersign.server;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** One line on the terminal, of work over a second, that is taken away at the end. */
final class VerifyProgress implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final PrintWriter terminal;
  private final boolean shown;
  private final InstantSource clock;
  private Instant last;
  private int drawn;

  VerifyProgress(PrintWriter terminal, boolean shown, InstantSource clock) {
    this.terminal = terminal;
    this.shown = shown;
    this.clock = clock;
    this.last = clock.instant();
  }

  /**
   * So many are read.
   *
   * @param of 0 when that is not known
   */
  void at(String what, long read, long of) {
    if (!shown || clock.instant().isBefore(last.plus(PATIENCE))) {
      return;
    }
    last = clock.instant();
    erase();
    String line =
        String.format(Locale.ROOT, "%s %,d", what, read)
            + (of == 0 ? "" : String.format(Locale.ROOT, " of %,d", of));
    terminal.print(line + " …");
    terminal.flush();
    drawn = line.length() + 2;
  }

  private void erase() {
    terminal.print("\r" + " ".repeat(drawn) + "\r");
  }

  @Override
  public void close() {
    if (drawn > 0) {
      erase();
      terminal.flush();
    }
  }
}
