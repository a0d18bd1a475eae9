package dev.countersign.pki;

import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.function.UnaryOperator;

/** Something that signs a JWS with one key. */
public interface JwsSigner {
  JwsAlgorithm algorithm();

  byte[] sign(byte[] signingInput);

  static JwsSigner of(PrivateKey key) {
    JwsAlgorithm algorithm = JwsAlgorithm.forKey(key);
    return new JwsSigner() {
      @Override
      public JwsAlgorithm algorithm() {
        return algorithm;
      }

      @Override
      public byte[] sign(byte[] signingInput) {
        return algorithm.sign(key, signingInput);
      }
    };
  }

  /**
   * A key that signs as X.509 has it.
   *
   * @param signing gives ECDSA signatures as DER (RFC 5480 2, RFC 3279 2.2.3)
   */
  static JwsSigner ofX509(PublicKey key, UnaryOperator<byte[]> signing) {
    JwsAlgorithm algorithm = JwsAlgorithm.forKey(key);
    return new JwsSigner() {
      @Override
      public JwsAlgorithm algorithm() {
        return algorithm;
      }

      @Override
      public byte[] sign(byte[] signingInput) {
        byte[] signature = signing.apply(signingInput);
        return switch (algorithm) {
          case ES256 -> joined(signature, 32);
          case ES384 -> joined(signature, 48);
          case ES512 -> joined(signature, 66);
          case RS256, EDDSA -> signature;
        };
      }
    };
  }

  /** RFC 7518 3.4: R and S at their full length, one after the other. */
  private static byte[] joined(byte[] der, int octets) {
    try {
      DerReader numbers = DerReader.of(der).sequence();
      byte[] joined = new byte[2 * octets];
      put(numbers.integer(), joined, octets);
      put(numbers.integer(), joined, 2 * octets);
      return joined;
    } catch (MalformedDerException e) {
      throw new IllegalStateException("a signature of our own cannot be read", e);
    }
  }

  private static void put(BigInteger number, byte[] into, int end) {
    byte[] octets = number.toByteArray();
    int from = octets[0] == 0 ? 1 : 0;
    System.arraycopy(octets, from, into, end - (octets.length - from), octets.length - from);
  }

  static JwsSigner of(EnrollmentKey key) {
    return new JwsSigner() {
      @Override
      public JwsAlgorithm algorithm() {
        return JwsAlgorithm.EDDSA;
      }

      @Override
      public byte[] sign(byte[] signingInput) {
        return key.sign(signingInput);
      }
    };
  }
}
