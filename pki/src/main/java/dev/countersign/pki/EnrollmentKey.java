package dev.countersign.pki;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The Ed25519 key that both sides of an enrolment derive from its seed. The server keeps only the
 * public part: a copy of its database enrols nobody.
 */
public final class EnrollmentKey {
  public static final int SEED_LENGTH = 32;
  public static final int PUBLIC_KEY_LENGTH = 32;

  private static final byte[] INFO =
      "countersign enrollment v1".getBytes(StandardCharsets.US_ASCII);

  // The y coordinates of the eight points of low order, two of them also not reduced. For such a
  // key
  // anybody can make signatures.
  private static final List<byte[]> LOW_ORDER =
      Stream.of(
              "0000000000000000000000000000000000000000000000000000000000000000",
              "0100000000000000000000000000000000000000000000000000000000000000",
              "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
              "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
              "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")
          .map(HexFormat.of()::parseHex)
          .toList();

  private final Ed25519PrivateKeyParameters key;

  private EnrollmentKey(Ed25519PrivateKeyParameters key) {
    this.key = key;
  }

  /** Derives the key: HKDF-SHA256 (RFC 5869) of the 32 bytes, without salt, with a fixed label. */
  public static EnrollmentKey derive(byte[] seed) {
    if (seed.length != SEED_LENGTH) {
      throw new IllegalArgumentException("an enrolment seed has 32 bytes, not " + seed.length);
    }
    byte[] secret = hkdf(seed, new byte[0], INFO, Ed25519PrivateKeyParameters.KEY_SIZE);
    return new EnrollmentKey(new Ed25519PrivateKeyParameters(secret, 0));
  }

  static byte[] hkdf(byte[] input, byte[] salt, byte[] info, int length) {
    HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
    hkdf.init(new HKDFParameters(input, salt, info));
    byte[] output = new byte[length];
    hkdf.generateBytes(output, 0, length);
    return output;
  }

  /** The public key, 32 raw bytes (RFC 8032 5.1.5). */
  public byte[] publicKey() {
    return key.generatePublicKey().getEncoded();
  }

  /** An Ed25519 signature of the message, 64 bytes. */
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[Ed25519PrivateKeyParameters.SIGNATURE_SIZE];
    key.sign(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0);
    return signature;
  }

  /**
   * Whether the signature is this key's; false for anything that is not even a key or a signature.
   */
  public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    return publicKey.length == PUBLIC_KEY_LENGTH
        && signature.length == Ed25519PrivateKeyParameters.SIGNATURE_SIZE
        && !isOfLowOrder(publicKey)
        && Ed25519.verify(signature, 0, publicKey, 0, message, 0, message.length);
  }

  private static boolean isOfLowOrder(byte[] publicKey) {
    byte[] y = publicKey.clone();
    y[31] &= 0x7f; // the sign of x
    return LOW_ORDER.stream().anyMatch(low -> Arrays.equals(low, y));
  }

  @Override
  public String toString() {
    return "enrolment key";
  }
}
