package dev.countersign.client;

import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Reads one generation and refuses a damaged one: what was cut off, changed or taken away shows in the digests. */
final class GenerationReader {
  /** A file of the generation is not what was written; the message is the end of a sentence. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String reason) {
      super(reason);
    }

    DamagedException(String reason, Throwable cause) {
      super(reason, cause);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  private GenerationReader() {}

  static Credential read(Path folder, long generation) throws IOException {
    CredentialInfo info = info(folder);
    for (Map.Entry<String, String> expected : info.digests().entrySet()) {
      byte[] content = Files.readAllBytes(folder.resolve(expected.getKey()));
      if (!digest(content).equals(expected.getValue())) {
        throw new DamagedException(expected.getKey() + " is cut off or was changed");
      }
    }
    try {
      return new Credential(
          folder,
          generation,
          info,
          certificates(folder, CredentialFolder.CERTIFICATE).get(0),
          certificates(folder, CredentialFolder.CHAIN),
          certificates(folder, CredentialFolder.TRUST));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new DamagedException("a certificate cannot be read", e);
    }
  }

  static CredentialInfo info(Path folder) throws IOException {
    byte[] text = Files.readAllBytes(folder.resolve(CredentialFolder.INFO));
    CredentialInfo info;
    try {
      info = CredentialJson.read(text);
    } catch (IOException e) {
      throw new DamagedException(CredentialFolder.INFO + " cannot be read: " + e.getMessage(), e);
    }
    if (!info.digests().containsKey(CredentialFolder.KEY)
        || !info.digests().containsKey(CredentialFolder.CERTIFICATE)
        || !info.digests().containsKey(CredentialFolder.TRUST)) {
      throw new DamagedException(CredentialFolder.INFO + " does not list its files");
    }
    return info;
  }

  private static List<Certificate> certificates(Path folder, String name) throws IOException {
    return Certificate.parsePem(Files.readString(folder.resolve(name), StandardCharsets.US_ASCII));
  }

  static String digest(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
