package dev.countersign.pki.testing;

import java.nio.file.Path;

/** The {@code keytool} of the JDK that runs the tests. */
public final class KeyTool {
  private KeyTool() {}

  /** Runs {@code keytool} with these arguments in the folder. */
  public static Stranger.Result run(Path folder, String... arguments) {
    String program = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    return Stranger.run(folder, program, arguments);
  }
}
