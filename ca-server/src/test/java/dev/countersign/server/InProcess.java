package dev.countersign.server;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Commands of {@code countersignd} within this JVM, for tests of other packages that run many of
 * them. Not for two at a time: the streams of the JVM are taken meanwhile.
 */
public final class InProcess {
  private InProcess() {}

  /** How a command ended and what it said, log included. */
  public record Ended(int code, String out, String err) {}

  public static synchronized Ended countersignd(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream talk = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(talk, true, StandardCharsets.UTF_8));
    int code;
    try {
      code = Main.run(arguments);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return new Ended(
        code, said.toString(StandardCharsets.UTF_8), talk.toString(StandardCharsets.UTF_8));
  }
}
