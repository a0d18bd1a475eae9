package dev.countersign.server.renewal;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.EncryptedPrivateKey;
import dev.countersign.pki.Pem;
import dev.countersign.pki.PemBlock;
import dev.countersign.pki.WrongPassphraseException;
import dev.countersign.server.keys.Passphrase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Key and chain of the HTTPS listener in one file, so that one rename changes both: the key
 * encrypted, then its certificate and the CA certificates above it without the root.
 */
final class OwnKeyFile {
  private static final Logger LOG = LoggerFactory.getLogger(OwnKeyFile.class);

  /** What the file holds. */
  record Content(KeyPair key, List<Certificate> chain) {
    Content {
      chain = List.copyOf(chain);
    }

    @Override
    public String toString() {
      return "Content[" + chain.get(0).serial() + "]";
    }
  }

  private final Path file;
  private final Passphrase passphrase;
  private final SecureRandom random;
  private volatile @Nullable CompletableFuture<Optional<Content>> begun;

  OwnKeyFile(Path file, Passphrase passphrase, SecureRandom random) {
    this.file = file;
    this.passphrase = passphrase;
    this.random = random;
  }

  /** Begins what the next {@link #read} waits for. */
  void readAhead(Executor executor) {
    begun = CompletableFuture.supplyAsync(this::readNow, executor);
  }

  /** Empty when there is none that can be used: a new one is as good. */
  Optional<Content> read() {
    CompletableFuture<Optional<Content>> underWay = begun;
    begun = null;
    return underWay == null ? readNow() : underWay.join();
  }

  private Optional<Content> readNow() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    char[] secret = passphrase.secret();
    try {
      String text = Files.readString(file);
      List<PemBlock> blocks = Pem.decode(text);
      PemBlock key = blocks.get(0);
      KeyPair pair = EncryptedPrivateKey.decrypt(Pem.encode(key.label(), key.content()), secret);
      List<Certificate> chain = Certificate.parsePem(text);
      if (!Arrays.equals(pair.getPublic().getEncoded(), chain.get(0).publicKeyInfo())) {
        LOG.warn("{} holds a key and a certificate of another; a new pair is made", file);
        return Optional.empty();
      }
      return Optional.of(new Content(pair, chain));
    } catch (IOException | WrongPassphraseException | RuntimeException e) {
      LOG.warn("{} cannot be used ({}); a new pair is made", file, e.getMessage());
      return Optional.empty();
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  void write(Content content) throws IOException {
    char[] secret = passphrase.secret();
    String text;
    try {
      text =
          EncryptedPrivateKey.encrypt(content.key(), secret, random)
              + Certificate.toPem(content.chain());
    } finally {
      Arrays.fill(secret, '\0');
    }
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
