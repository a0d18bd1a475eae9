package dev.countersign.pki.testing;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.PrivateKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keys that the tests of one JVM share: making an RSA key takes a second. */
public final class TestKeys {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Map<KeyAlgorithm, KeyPair> KEYS = new ConcurrentHashMap<>();

  private TestKeys() {}

  /** The shared key of this algorithm. */
  public static KeyPair of(KeyAlgorithm algorithm) {
    return KEYS.computeIfAbsent(algorithm, TestKeys::make);
  }

  private static KeyPair make(KeyAlgorithm algorithm) {
    return switch (algorithm) {
      // OpenSSL finds large primes several times faster than the JDK.
      case RSA_3072 -> openSsl(3072);
      case RSA_4096 -> openSsl(4096);
      default -> algorithm.generate(RANDOM);
    };
  }

  private static KeyPair openSsl(int bits) {
    try {
      Path folder = Files.createTempDirectory("countersign-key");
      Path file = folder.resolve("key.pem");
      try {
        OpenSsl.run(
                folder,
                "genpkey",
                "-algorithm",
                "RSA",
                "-pkeyopt",
                "rsa_keygen_bits:" + bits,
                "-out",
                file.toString())
            .succeeded();
        return PrivateKeys.parsePem(Files.readString(file));
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A key of its own. */
  public static KeyPair fresh(KeyAlgorithm algorithm) {
    return algorithm.generate(RANDOM);
  }
}
