package dev.countersign.client;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.PrivateKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The key of a request that is under way, kept until its certificate is in the folder. After a
 * crash or a lost answer the same key is offered again, and the authority gives the same
 * certificate.
 */
final class PendingKey {
  static final String FOLDER = "pending";
  private static final String PURPOSE = "purpose";
  private static final int MOST_BYTES = 64 << 10;

  private final CredentialFolder folder;
  private final DurableFiles files;
  private final SecureRandom random;

  PendingKey(CredentialFolder folder, SecureRandom random) {
    this.folder = folder;
    this.files = folder.files();
    this.random = random;
  }

  /** Whether there is a key from an earlier attempt at this. */
  boolean isKept(String purpose) {
    return kept(folder.path().resolve(FOLDER), purpose).isPresent();
  }

  /** {@code purpose} names the one request that the key is for, such as {@code enrollment ID}. */
  KeyPair keyFor(String purpose, Optional<KeyAlgorithm> algorithm, KeyAlgorithm usual) {
    Path pending = folder.path().resolve(FOLDER);
    try {
      Optional<KeyPair> kept = kept(pending, purpose);
      if (kept.isPresent()
          && (algorithm.isEmpty()
              || KeyAlgorithm.ofKey(kept.get().getPublic()) == algorithm.get())) {
        return kept.get();
      }
      KeyPair key = algorithm.orElse(usual).generate(random);
      Path partial = folder.path().resolve(FOLDER + ".partial");
      files.deleteTree(partial);
      files.deleteTree(pending);
      files.createFolder(partial, FilePermissions.OWNER_ONLY);
      files.write(
          partial.resolve(CredentialFolder.KEY),
          CredentialFolder.ascii(PrivateKeys.toPem(key)),
          FilePermissions.OWNER_ONLY);
      files.write(
          partial.resolve(PURPOSE),
          purpose.getBytes(StandardCharsets.UTF_8),
          FilePermissions.OWNER_ONLY);
      files.sync(partial);
      files.rename(partial, pending);
      return key;
    } catch (IOException e) {
      throw LocalFiles.failure("keep the new key", pending, e);
    }
  }

  private static Optional<KeyPair> kept(Path pending, String purpose) {
    try {
      if (!text(pending.resolve(PURPOSE)).equals(purpose)) {
        return Optional.empty();
      }
      return Optional.of(PrivateKeys.parsePem(text(pending.resolve(CredentialFolder.KEY))));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // absent, or cut off by a power failure: nothing that was certified
    }
  }

  private static String text(Path file) throws IOException {
    return new String(LocalFiles.read(file, MOST_BYTES), StandardCharsets.UTF_8);
  }

  void clear() {
    Path pending = folder.path().resolve(FOLDER);
    try {
      files.deleteTree(pending);
      files.deleteTree(folder.path().resolve(FOLDER + ".partial"));
    } catch (IOException e) {
      throw LocalFiles.failure("clear away the pending key", pending, e);
    }
  }
}
