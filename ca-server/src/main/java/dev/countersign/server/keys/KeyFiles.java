package dev.countersign.server.keys;

import dev.countersign.pki.EncryptedPrivateKey;
import dev.countersign.pki.WrongPassphraseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * The folder of encrypted private keys: {@code DIR/keys/NAME.pem}, PKCS#8 under PBES2, mode 0600.
 */
public final class KeyFiles {
  private static final long LONGEST = 64 * 1024;
  private static final String ENDING = ".pem";

  private final Path directory;
  private final SecureRandom random;
  private final Map<String, CompletableFuture<Optional<SigningKey>>> begun =
      new ConcurrentHashMap<>();

  /**
   * @param home the working folder of the server, which has or gets a folder {@code keys}
   */
  public KeyFiles(Path home, SecureRandom random) {
    this.directory = home.resolve("keys");
    this.random = random;
  }

  public Path path(String name) {
    return directory.resolve(name + ENDING);
  }

  public boolean present(String name) {
    return Files.exists(path(name));
  }

  /** Never replaces a key: a CA whose key is overwritten is lost. */
  public void write(String name, KeyPair key, Passphrase passphrase) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new KeyFileException(
          "Cannot make the folder " + directory + ": " + SecretFile.reason(e) + ".", e);
    }
    char[] secret = passphrase.secret();
    try {
      SecretFile.create(path(name), EncryptedPrivateKey.encrypt(key, secret, random));
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  /**
   * Begins to open all keys whose names begin so, which takes a moment each; {@link #open} waits
   * for what was begun, and says what went wrong.
   */
  public void openAhead(String beginning, Passphrase passphrase, Executor executor) {
    for (String name : names(beginning)) {
      begun.put(name, CompletableFuture.supplyAsync(() -> opened(name, passphrase), executor));
    }
  }

  private List<String> names(String beginning) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.startsWith(beginning) && file.endsWith(ENDING))
          .map(file -> file.substring(0, file.length() - ENDING.length()))
          .toList();
    } catch (IOException e) {
      return List.of(); // who opens one says why it cannot be
    }
  }

  /** Empty when the key was taken off this machine. */
  public Optional<SigningKey> open(String name, Passphrase passphrase) {
    CompletableFuture<Optional<SigningKey>> underWay = begun.remove(name);
    if (underWay == null) {
      return opened(name, passphrase);
    }
    try {
      return underWay.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private Optional<SigningKey> opened(String name, Passphrase passphrase) {
    if (!present(name)) {
      return Optional.empty();
    }
    return Optional.of(SigningKey.of(own(name, passphrase), random));
  }

  private KeyPair own(String name, Passphrase passphrase) {
    SecretFile.refuseWhenOthersMayRead(path(name));
    return decrypt(path(name), passphrase);
  }

  private static KeyPair decrypt(Path file, Passphrase passphrase) {
    char[] secret = passphrase.secret();
    try {
      return EncryptedPrivateKey.decrypt(text(file), secret);
    } catch (WrongPassphraseException e) {
      throw new KeyFileException(
          "The passphrase from "
              + passphrase.origin()
              + " does not open "
              + file
              + ": give the one that was in use at init, or put the file back from a backup.",
          e);
    } catch (IllegalArgumentException e) {
      throw new KeyFileException(
          file + " is not an encrypted PKCS#8 key: put it back from a backup.", e);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new KeyFileException(file + " is too long for a key: put it back from a backup.");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new KeyFileException(
          "Cannot read the key file " + file + ": " + SecretFile.reason(e) + ".", e);
    }
  }

  /**
   * Copies the encrypted file, as it is, to a place outside: a backup medium or a safe. The
   * passphrase is tried first, so that nobody keeps a copy that cannot be opened.
   */
  public void export(String name, Path target, Passphrase passphrase) {
    requirePresent(name);
    SigningKey.of(own(name, passphrase), random);
    SecretFile.create(target, text(path(name)));
    SigningKey.of(decrypt(target, passphrase), random); // what was written can be read
  }

  /** Takes the key off this machine, only when {@code copy} holds the same key and opens. */
  public void remove(String name, Path copy, Passphrase passphrase) {
    requirePresent(name);
    if (isSameFile(path(name), copy)) {
      throw new KeyFileException(copy + " is the key file itself, not a copy: export it first.");
    }
    KeyPair here = own(name, passphrase);
    // Its permissions are not looked at: a memory stick has none.
    KeyPair there = decrypt(copy, passphrase);
    SigningKey.of(there, random);
    if (!Arrays.equals(here.getPublic().getEncoded(), there.getPublic().getEncoded())) {
      throw new KeyFileException(
          copy + " holds another key than " + path(name) + ": export it again, then remove it.");
    }
    try {
      Files.delete(path(name));
    } catch (IOException e) {
      throw new KeyFileException(
          "Cannot remove " + path(name) + ": " + SecretFile.reason(e) + ".", e);
    }
  }

  private void requirePresent(String name) {
    if (!present(name)) {
      throw new KeyFileException(
          "The key of " + name + " is not on this machine: there is no file " + path(name) + ".");
    }
  }

  private static boolean isSameFile(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new KeyFileException("Cannot read " + other + ": " + SecretFile.reason(e) + ".", e);
    }
  }
}
