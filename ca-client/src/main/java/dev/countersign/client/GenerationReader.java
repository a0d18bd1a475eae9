package dev.countersign.client;

import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Reads one generation and refuses a damaged one: what was cut off, changed or taken away shows in
 * the digests.
 */
final class GenerationReader {
  private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9][a-z0-9.]*");

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

  /** A revocation list as long as one that is fetched, in base64; all else is far smaller. */
  static final int MOST_BYTES_OF_LISTS = Patience.DEFAULT.largestAnswer() / 2 * 3;

  private static final int MOST_BYTES = 4 << 20;

  private GenerationReader() {}

  static Credential read(Path folder, long generation) throws IOException {
    CredentialInfo info = info(folder);
    Map<String, byte[]> files = new HashMap<>();
    for (String name : info.digests().keySet()) {
      files.put(name, checked(folder, info, name));
    }
    return credential(folder, generation, info, files);
  }

  /** All that a renewal needs: what else is damaged, it makes anew. */
  static Credential readWhatProves(Path folder, long generation) throws IOException {
    CredentialInfo info = info(folder);
    Map<String, byte[]> files = new HashMap<>();
    for (String name :
        List.of(CredentialFolder.KEY, CredentialFolder.CERTIFICATE, CredentialFolder.TRUST)) {
      files.put(name, checked(folder, info, name));
    }
    try {
      files.put(CredentialFolder.CHAIN, checked(folder, info, CredentialFolder.CHAIN));
    } catch (IOException e) {
      // the authority knows its own
    }
    return credential(folder, generation, info, files);
  }

  /** What was checked is what is used: a file is read once. */
  static byte[] checked(Path folder, CredentialInfo info, String name) throws IOException {
    byte[] content = content(folder, name);
    if (!digest(content).equals(info.digests().get(name))) {
      throw new DamagedException(name + " is cut off or was changed");
    }
    return content;
  }

  private static byte[] content(Path folder, String name) throws IOException {
    if (!FILE_NAME.matcher(name).matches()) {
      throw new DamagedException(CredentialFolder.INFO + " lists a file of another folder");
    }
    try {
      return LocalFiles.read(
          folder.resolve(name),
          name.equals(CredentialFolder.CRL) ? MOST_BYTES_OF_LISTS : MOST_BYTES);
    } catch (LocalFiles.NotPlainException e) {
      throw new DamagedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Credential credential(
      Path folder, long generation, CredentialInfo info, Map<String, byte[]> files)
      throws IOException {
    return new Credential(
        folder,
        generation,
        info,
        certificates(files, CredentialFolder.CERTIFICATE).get(0),
        files.containsKey(CredentialFolder.CHAIN)
            ? certificates(files, CredentialFolder.CHAIN)
            : List.of(),
        certificates(files, CredentialFolder.TRUST));
  }

  static CredentialInfo info(Path folder) throws IOException {
    byte[] text = content(folder, CredentialFolder.INFO);
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

  private static List<Certificate> certificates(Map<String, byte[]> files, String name)
      throws IOException {
    try {
      return Certificate.parsePem(
          new String(Objects.requireNonNull(files.get(name), name), StandardCharsets.US_ASCII));
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
