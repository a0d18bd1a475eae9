package dev.countersign.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** Private keys as PKCS#8 (RFC 5958), in the one form that every reader in use takes. */
public final class PrivateKeys {
  private static final String LABEL = "PRIVATE KEY";
  private static final byte[] ED25519_SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  private PrivateKeys() {}

  /**
   * The DER PrivateKeyInfo, not encrypted. EC keys carry their public key: GnuTLS reads no others.
   */
  public static byte[] encode(KeyPair key) {
    if (key.getPrivate() instanceof ECPrivateKey ec) {
      return encodeEc(ec.getS(), key.getPublic().getEncoded());
    }
    byte[] encoded = key.getPrivate().getEncoded();
    if (encoded == null || !"PKCS#8".equals(key.getPrivate().getFormat())) {
      throw new IllegalArgumentException("a private key that does not leave its provider");
    }
    return encoded;
  }

  /** {@link #encode} as PEM. */
  public static String toPem(KeyPair key) {
    byte[] der = encode(key);
    try {
      return Pem.encode(LABEL, der);
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  /**
   * Reads a PEM text that holds one PRIVATE KEY.
   *
   * @throws MalformedKeyException if it does not
   */
  public static KeyPair parsePem(String pem) {
    List<PemBlock> blocks;
    try {
      blocks = Pem.decode(pem);
    } catch (MalformedPemException e) {
      throw new MalformedKeyException(String.valueOf(e.getMessage()), e);
    }
    List<PemBlock> keys = blocks.stream().filter(b -> b.label().endsWith(LABEL)).toList();
    if (keys.size() != 1) {
      throw new MalformedKeyException(
          "the text has " + keys.size() + " private keys in PEM, not one");
    }
    String label = keys.get(0).label();
    if (!label.equals(LABEL)) {
      throw new MalformedKeyException(
          "the private key is of the kind '"
              + SafeText.of(label)
              + "': only unencrypted PKCS#8 (PRIVATE KEY) is read here");
    }
    return decode(keys.get(0).content());
  }

  /**
   * Reads a PrivateKeyInfo and works out its public key; one that comes along must be the same.
   *
   * @throws MalformedKeyException if it is not such a key; {@link UnusableKeyException} if it is
   *     one, but not of a {@link KeyAlgorithm}
   */
  public static KeyPair decode(byte[] pkcs8) {
    try {
      DerReader outer = DerReader.of(pkcs8);
      DerReader info = outer.sequence();
      outer.end();
      info.integer(1);
      DerReader identifier = info.sequence();
      String oid = identifier.oid();
      String curve = oid.equals(Oids.EC_PUBLIC_KEY) ? identifier.oid() : "";
      byte[] key = info.octetString();
      KeyPair pair =
          switch (oid) {
            case Oids.EC_PUBLIC_KEY -> decodeEc(curve, key);
            case Oids.ED25519 -> decodeEd25519(key);
            case Oids.RSA -> decodeRsa(pkcs8);
            default ->
                throw new UnusableKeyException("a private key of the unknown algorithm " + oid);
          };
      Arrays.fill(key, (byte) 0);
      requireKnown(pair.getPublic());
      return pair;
    } catch (MalformedDerException e) {
      throw new MalformedKeyException("not a private key in PKCS#8: " + e.getMessage(), e);
    } catch (InvalidRequestException e) {
      throw new UnusableKeyException("a private key that is not usable: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new MalformedKeyException("a private key that the platform does not read", e);
    }
  }

  private static void requireKnown(PublicKey key) {
    try {
      KeyAlgorithm.ofKey(key);
    } catch (IllegalArgumentException e) {
      throw new UnusableKeyException("a private key that is not usable: " + e.getMessage(), e);
    }
  }

  /**
   * Whether the two belong together, found out by signing with one and verifying with the other.
   */
  public static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) {
    try {
      byte[] probe = publicKey.getEncoded();
      Signature signature = Signature.getInstance(KeyAlgorithm.ofKey(publicKey).signatureName());
      signature.initSign(privateKey);
      signature.update(probe);
      byte[] value = signature.sign();
      signature.initVerify(publicKey);
      signature.update(probe);
      return signature.verify(value);
    } catch (SignatureException | InvalidKeyException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform does not sign with this key", e);
    }
  }

  private static byte[] encodeEc(BigInteger secret, byte[] spki) {
    try {
      DerReader info = DerReader.of(spki).sequence();
      byte[] identifier = info.element();
      byte[] point = info.bitStringOctets();
      // RFC 5915 3: as long as the order, which for these curves is as long as a coordinate.
      byte[] padded = fixedLength(secret, (point.length - 1) / 2);
      DerWriter key = new DerWriter();
      // RFC 5915 3: [1] publicKey
      byte[] ecPrivateKey =
          key.bitString(point)
              .wrap(0xa1, 0)
              .octetString(padded)
              .integer(1)
              .sequence(0)
              .toByteArray();
      byte[] encoded =
          new DerWriter()
              .octetString(ecPrivateKey)
              .raw(identifier)
              .integer(0)
              .sequence(0)
              .toByteArray();
      Arrays.fill(padded, (byte) 0);
      Arrays.fill(ecPrivateKey, (byte) 0);
      return encoded;
    } catch (MalformedDerException e) {
      throw new IllegalArgumentException("a public key without a DER encoding", e);
    }
  }

  private static KeyPair decodeEc(String curveOid, byte[] der)
      throws MalformedDerException, InvalidRequestException, GeneralSecurityException {
    EcCurve curve =
        switch (curveOid) {
          case Oids.P256 -> EcCurve.P256;
          case Oids.P384 -> EcCurve.P384;
          default ->
              throw new UnusableKeyException("an EC key on a curve other than P-256 and P-384");
        };
    DerReader outer = DerReader.of(der);
    DerReader key = outer.sequence();
    outer.end();
    key.integer(1);
    BigInteger secret = new BigInteger(1, key.octetString());
    if (key.isNext(0xa0)) {
      key.skip();
    }
    byte[] carried = key.isNext(0xa1) ? key.enter(0xa1).bitStringOctets() : null;
    key.end();

    if (secret.signum() == 0 || secret.compareTo(curve.order()) >= 0) {
      throw new MalformedKeyException("an EC private key out of range");
    }
    byte[] point =
        carried != null && isPoint(carried, curve) ? carried : publicPoint(curve, secret);
    byte[] prefix = curve.spkiPrefix();
    byte[] spki = Arrays.copyOf(prefix, prefix.length + point.length - 1);
    System.arraycopy(point, 1, spki, prefix.length, point.length - 1);
    KeyPair pair = pair("EC", encodeEc(secret, spki), spki);
    if (carried != null
        && (!isPoint(carried, curve) || !belongTogether(pair.getPrivate(), pair.getPublic()))) {
      throw new MalformedKeyException("an EC private key with a public key that is not its own");
    }
    return pair;
  }

  private static boolean isPoint(byte[] carried, EcCurve curve) {
    int bytes = curve.fieldBytes();
    // SEC 1 2.3.3: 04 for an uncompressed point
    return carried.length == 1 + 2 * bytes
        && carried[0] == 4
        && curve.contains(
            new BigInteger(1, carried, 1, bytes), new BigInteger(1, carried, 1 + bytes, bytes));
  }

  /** Only for keys that carry none: Bouncy Castle's curves take a fifth of a second to load. */
  private static byte[] publicPoint(EcCurve curve, BigInteger secret) {
    X9ECParameters parameters = CustomNamedCurves.getByName(curve.label());
    return new FixedPointCombMultiplier().multiply(parameters.getG(), secret).getEncoded(false);
  }

  private static KeyPair decodeEd25519(byte[] der)
      throws MalformedDerException, InvalidRequestException, GeneralSecurityException {
    DerReader outer = DerReader.of(der);
    byte[] seed = outer.octetString();
    outer.end();
    if (seed.length != Ed25519PrivateKeyParameters.KEY_SIZE) {
      throw new MalformedKeyException("an Ed25519 private key of the wrong length");
    }
    byte[] raw = new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded();
    byte[] spki = Arrays.copyOf(ED25519_SPKI, ED25519_SPKI.length + raw.length);
    System.arraycopy(raw, 0, spki, ED25519_SPKI.length, raw.length);
    // Written anew, as version 0: the JDK reads no other.
    DerWriter writer = new DerWriter().octetString(seed).wrapOctetString(0);
    int identifier = writer.mark();
    writer.oid(Oids.ED25519).sequence(identifier);
    return pair("Ed25519", writer.integer(0).sequence(0).toByteArray(), spki);
  }

  private static KeyPair decodeRsa(byte[] pkcs8)
      throws InvalidRequestException, GeneralSecurityException {
    PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    if (!(key instanceof RSAPrivateCrtKey crt)
        || !crt.getPrimeP().multiply(crt.getPrimeQ()).equals(crt.getModulus())) {
      throw new MalformedKeyException("an RSA private key without its primes");
    }
    DerWriter writer =
        new DerWriter()
            .integer(crt.getPublicExponent())
            .integer(crt.getModulus())
            .sequence(0)
            .wrapBitString(0);
    int identifier = writer.mark();
    writer.nul().oid(Oids.RSA).sequence(identifier);
    PublicKey publicKey = SubjectKey.checked(writer.sequence(0).toByteArray()).publicKey();
    return new KeyPair(publicKey, key);
  }

  private static KeyPair pair(String factory, byte[] pkcs8, byte[] spki)
      throws InvalidRequestException, GeneralSecurityException {
    PublicKey publicKey = SubjectKey.checked(spki).publicKey();
    PrivateKey privateKey =
        KeyFactory.getInstance(factory).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    Arrays.fill(pkcs8, (byte) 0);
    return new KeyPair(publicKey, privateKey);
  }

  private static byte[] fixedLength(BigInteger value, int length) {
    byte[] magnitude = value.toByteArray();
    byte[] padded = new byte[length];
    int from = Math.max(0, magnitude.length - length);
    System.arraycopy(
        magnitude, from, padded, length - (magnitude.length - from), magnitude.length - from);
    Arrays.fill(magnitude, (byte) 0);
    return padded;
  }
}
