package dev.countersign.pki.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/**
 * GnuTLS's {@code certtool} (package gnutls-bin). Fewer machines have it than have OpenSSL: where
 * it is absent the test is reported as aborted, unless the environment has
 * COUNTERSIGN_ALL_STRANGERS.
 */
public final class CertTool {
  private CertTool() {}

  /** Runs {@code certtool} with these arguments in the folder. */
  public static Stranger.Result run(Path folder, String... arguments) {
    Assumptions.assumeTrue(
        isInstalled() || System.getenv("COUNTERSIGN_ALL_STRANGERS") != null,
        "certtool is not installed (package gnutls-bin)");
    return Stranger.run(folder, "certtool", arguments);
  }

  private static boolean isInstalled() {
    String path = System.getenv("PATH");
    return path != null
        && Arrays.stream(path.split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "certtool")));
  }
}
