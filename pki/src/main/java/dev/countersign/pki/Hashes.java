package dev.countersign.pki;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The two digests that X.509 needs. */
final class Hashes {
  private Hashes() {}

  static byte[] sha256(byte[] input) {
    return digest("SHA-256", input);
  }

  /** Only for key identifiers, where nothing rests on its strength (RFC 5280 4.2.1.2). */
  static byte[] sha1(byte[] input) {
    return digest("SHA-1", input);
  }

  private static byte[] digest(String algorithm, byte[] input) {
    try {
      return MessageDigest.getInstance(algorithm).digest(input);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
