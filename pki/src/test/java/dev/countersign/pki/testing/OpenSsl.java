package dev.countersign.pki.testing;

import java.nio.file.Path;

/** The {@code openssl} program; without it the tests fail. */
public final class OpenSsl {
  private OpenSsl() {}

  /** Runs {@code openssl} with these arguments in the folder. */
  public static Stranger.Result run(Path folder, String... arguments) {
    return Stranger.run(folder, "openssl", arguments);
  }
}
