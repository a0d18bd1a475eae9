package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/**
 * A public key that may be certified. Every key is one of a few exact encodings, so that the bytes
 * that go into the certificate are read alike by everybody; no provider's parser is trusted to
 * refuse the rest.
 */
public final class SubjectKey {
  // RFC 8410 4: SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING of 32 octets }
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int ED25519_LENGTH = 32;

  private final byte[] encoded;
  private final byte[] keyBits;
  private final String algorithm;
  private final String factory;
  private volatile @Nullable PublicKey publicKey;

  private SubjectKey(byte[] encoded, byte[] keyBits, String algorithm, String factory) {
    this.encoded = encoded;
    this.keyBits = keyBits;
    this.algorithm = algorithm;
    this.factory = factory;
  }

  /** Checks a DER SubjectPublicKeyInfo. */
  public static SubjectKey checked(byte[] spkiDer) throws InvalidRequestException {
    byte[] encoded = spkiDer.clone();
    for (EcCurve curve : EcCurve.values()) {
      if (startsWith(encoded, curve.spkiPrefix())) {
        return ec(curve, encoded);
      }
    }
    if (startsWith(encoded, ED25519_PREFIX)) {
      return ed25519(encoded);
    }
    return rsa(encoded);
  }

  private static SubjectKey ec(EcCurve curve, byte[] encoded) throws InvalidRequestException {
    byte[] prefix = curve.spkiPrefix();
    int length = curve.fieldBytes();
    // The prefix holds all lengths and the 04 of an uncompressed point.
    if (encoded.length != prefix.length + 2 * length) {
      throw refused("a " + curve.label() + " key of the wrong length");
    }
    BigInteger x = new BigInteger(1, encoded, prefix.length, length);
    BigInteger y = new BigInteger(1, encoded, prefix.length + length, length);
    if (!curve.contains(x, y)) {
      throw refused("the point is not on the curve " + curve.label());
    }
    byte[] point = Arrays.copyOfRange(encoded, prefix.length - 1, encoded.length);
    return new SubjectKey(encoded, point, curve.label(), "EC");
  }

  private static SubjectKey ed25519(byte[] encoded) throws InvalidRequestException {
    if (encoded.length != ED25519_PREFIX.length + ED25519_LENGTH) {
      throw refused("an Ed25519 key of the wrong length");
    }
    // Canonical, on the curve and of the large prime order: for a key of low order anybody can
    // forge signatures.
    if (!Ed25519.validatePublicKeyFull(encoded, ED25519_PREFIX.length)) {
      throw refused("an Ed25519 key that is not a point of the prime-order group");
    }
    byte[] raw = Arrays.copyOfRange(encoded, ED25519_PREFIX.length, encoded.length);
    return new SubjectKey(encoded, raw, "Ed25519", "Ed25519");
  }

  private static SubjectKey rsa(byte[] encoded) throws InvalidRequestException {
    try {
      DerReader outer = DerReader.of(encoded);
      DerReader spki = outer.sequence();
      outer.end();
      DerReader identifier = spki.sequence();
      String oid = identifier.oid();
      if (oid.equals(Oids.RSA_PSS)) {
        throw refused(
            "an RSA key for PSS alone (id-RSASSA-PSS), which few programs take: make one of type"
                + " rsaEncryption, which may sign by PSS too");
      }
      if (!oid.equals(Oids.RSA)) {
        throw refused(
            (oid.equals(Oids.EC_PUBLIC_KEY) || oid.equals(Oids.ED25519)
                    ? "an encoding of the key"
                    : "a key algorithm (" + SafeText.of(oid) + ")")
                + " that is not accepted: P-256, P-384 or P-521 by name with an uncompressed point,"
                + " RSA, or Ed25519");
      }
      identifier.nul(); // RFC 3279 2.3.1: the parameters MUST be NULL
      identifier.end();
      byte[] keyBits = spki.bitStringOctets();
      spki.end();
      DerReader keyReader = DerReader.of(keyBits);
      DerReader key = keyReader.sequence();
      keyReader.end();
      BigInteger modulus = key.integer();
      BigInteger exponent = key.integer();
      key.end();
      RsaChecks.check(modulus, exponent);
      return new SubjectKey(encoded, keyBits, "RSA-" + modulus.bitLength(), "RSA");
    } catch (MalformedDerException e) {
      throw refused("not a SubjectPublicKeyInfo in DER: " + e.getMessage());
    }
  }

  /** The DER SubjectPublicKeyInfo. */
  public byte[] encoded() {
    return encoded.clone();
  }

  /** {@code P-256}, {@code P-521}, {@code RSA-3072}, {@code Ed25519}. */
  public String algorithm() {
    return algorithm;
  }

  /** The key for the JCA, decoded once by the platform's preferred provider. */
  public PublicKey publicKey() {
    PublicKey key = publicKey;
    if (key == null) {
      try {
        key = KeyFactory.getInstance(factory).generatePublic(new X509EncodedKeySpec(encoded));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(
            "a checked " + algorithm + " key that no provider reads", e);
      }
      publicKey = key;
    }
    return key;
  }

  /** SHA-256 of {@link #encoded()}. */
  public byte[] sha256() {
    return Hashes.sha256(encoded);
  }

  /** RFC 5280 4.2.1.2 (1): SHA-1 of the octets of subjectPublicKey. */
  public byte[] keyIdentifier() {
    return Hashes.sha1(keyBits);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubjectKey key && MessageDigest.isEqual(encoded, key.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return algorithm + " " + Pin.of(encoded);
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static InvalidRequestException refused(String why) {
    return new InvalidRequestException(Fault.BAD_PUBLIC_KEY, why);
  }
}
