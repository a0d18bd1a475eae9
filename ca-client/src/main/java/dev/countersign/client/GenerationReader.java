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

/**
 * Reads one generation and refuses a damaged one: what was cut off, changed or taken away shows in
 * the digests.
 */
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
    for (String name : info.digests().keySet()) {
      check(folder, info, name);
    }
    return credential(folder, generation, info, certificates(folder, CredentialFolder.CHAIN));
  }

  /** All that a renewal needs: what else is damaged, it makes anew. */
  static Credential readWhatProves(Path folder, long generation) throws IOException {
    CredentialInfo info = info(folder);
    for (String name :
        List.of(CredentialFolder.KEY, CredentialFolder.CERTIFICATE, CredentialFolder.TRUST)) {
      check(folder, info, name);
    }
    List<Certificate> chain;
    try {
      check(folder, info, CredentialFolder.CHAIN);
      chain = certificates(folder, CredentialFolder.CHAIN);
    } catch (IOException e) {
      chain = List.of(); // the authority knows its own
    }
    return credential(folder, generation, info, chain);
  }

  private static void check(Path folder, CredentialInfo info, String name) throws IOException {
    byte[] content = Files.readAllBytes(folder.resolve(name));
    if (!digest(content).equals(info.digests().get(name))) {
      throw new DamagedException(name + " is cut off or was changed");
    }
  }

  private static Credential credential(
      Path folder, long generation, CredentialInfo info, List<Certificate> chain)
      throws IOException {
    try {
      return new Credential(
          folder,
          generation,
          info,
          certificates(folder, CredentialFolder.CERTIFICATE).get(0),
          chain,
          certificates(folder, CredentialFolder.TRUST));
    } catch (IndexOutOfBoundsException e) {
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
    try {
      return Certificate.parsePem(
          Files.readString(folder.resolve(name), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new DamagedException("a certificate in " + name + " cannot be read", e);
    }
  }

  static String digest(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
