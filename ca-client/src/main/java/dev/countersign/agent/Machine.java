package dev.countersign.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Which machine this is, as systemd has named it. What is kept is a digest: machine-id(5) asks that
 * the id itself be given to nobody.
 */
public final class Machine {
  private static final Path ID = Path.of("/etc/machine-id");
  private static final int OCTETS = 16;

  private Machine() {}

  /** Nothing where machines have no id, as in some containers. */
  public static Optional<String> here() {
    return of(ID);
  }

  static Optional<String> of(Path file) {
    try {
      String id = Files.readString(file, StandardCharsets.US_ASCII).strip();
      if (!id.matches("[0-9a-f]{32}")) {
        return Optional.empty();
      }
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(("countersign agent " + id).getBytes(StandardCharsets.US_ASCII));
      return Optional.of(HexFormat.of().formatHex(digest, 0, OCTETS));
    } catch (IOException e) {
      return Optional.empty();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
