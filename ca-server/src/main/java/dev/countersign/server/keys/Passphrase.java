package dev.countersign.server.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * What opens the key files: found in the first of four places that has one, or made by {@code
 * init}.
 */
public final class Passphrase {

  /** File of the working folder that {@code init} writes when no other place has a passphrase. */
  public static final String FILE = "passphrase";

  static final String ENVIRONMENT = "COUNTERSIGN_PASSPHRASE";
  static final String CREDENTIAL = "countersign-passphrase";
  private static final int LONGEST = 4096; // a file, not a device that never ends

  private final char[] secret;
  private final String origin;

  private Passphrase(char[] secret, String origin) {
    this.secret = secret;
    this.origin = origin;
  }

  /**
   * Looks in this order: the file that was named, {@code $COUNTERSIGN_PASSPHRASE}, the systemd
   * credential {@code $CREDENTIALS_DIRECTORY/countersign-passphrase}, {@code directory/passphrase}.
   */
  public static Optional<Passphrase> find(
      Optional<Path> named, Map<String, String> environment, Path directory) {
    if (named.isPresent()) {
      return Optional.of(read(named.get()));
    }
    String value = environment.get(ENVIRONMENT);
    if (value != null && !value.isEmpty()) {
      return Optional.of(new Passphrase(value.toCharArray(), "$" + ENVIRONMENT));
    }
    String credentials = environment.get("CREDENTIALS_DIRECTORY");
    if (credentials != null) {
      Path credential = Path.of(credentials, CREDENTIAL);
      if (Files.exists(credential)) {
        return Optional.of(read(credential));
      }
    }
    Path own = directory.resolve(FILE);
    return Files.exists(own) ? Optional.of(read(own)) : Optional.empty();
  }

  /** As {@link #find}, for a server that must have one. */
  public static Passphrase require(
      Optional<Path> named, Map<String, String> environment, Path directory) {
    return find(named, environment, directory)
        .orElseThrow(
            () ->
                new KeyFileException(
                    "No passphrase for the key files: name its file with --passphrase-file, set $"
                        + ENVIRONMENT
                        + ", pass the systemd credential "
                        + CREDENTIAL
                        + ", or put it back into "
                        + directory.resolve(FILE)
                        + "."));
  }

  /**
   * Makes a passphrase of 256 random bits and writes it to {@code directory/passphrase}, mode 0600.
   */
  public static Passphrase create(Path directory, SecureRandom random) {
    byte[] bits = new byte[32];
    random.nextBytes(bits);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    Path file = directory.resolve(FILE);
    SecretFile.create(file, text + "\n");
    return new Passphrase(text.toCharArray(), file.toString());
  }

  private static Passphrase read(Path file) {
    SecretFile.refuseWhenOthersMayRead(file);
    try {
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(LONGEST + 1);
      }
      if (bytes.length > LONGEST) {
        throw new KeyFileException(
            file + " is over " + LONGEST + " bytes long: that is no passphrase file.");
      }
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      int end = text.length();
      while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
        end--;
      }
      if (end == 0) {
        throw new KeyFileException(file + " is empty: put the passphrase of the key files there.");
      }
      char[] secret = new char[end];
      text.get(secret, 0, end);
      return new Passphrase(secret, file.toString());
    } catch (CharacterCodingException e) {
      throw new KeyFileException(file + " is not UTF-8 text: that is no passphrase file.", e);
    } catch (IOException e) {
      throw new KeyFileException(
          "Cannot read the passphrase file " + file + ": " + SecretFile.reason(e) + ".", e);
    }
  }

  /** A copy, which the caller may wipe. */
  public char[] secret() {
    return secret.clone();
  }

  /** Where it came from, safe to show. */
  public String origin() {
    return origin;
  }

  @Override
  public String toString() {
    return "Passphrase[" + origin + "]";
  }
}
