package dev.countersign.pki.testing;

import dev.countersign.pki.KeyAlgorithm;
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
    return KEYS.computeIfAbsent(algorithm, a -> a.generate(RANDOM));
  }

  /** A key of its own. */
  public static KeyPair fresh(KeyAlgorithm algorithm) {
    return algorithm.generate(RANDOM);
  }
}
