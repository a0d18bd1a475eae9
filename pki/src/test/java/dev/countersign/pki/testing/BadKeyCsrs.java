package dev.countersign.pki.testing;

import static dev.countersign.pki.testing.RawDer.bits;
import static dev.countersign.pki.testing.RawDer.content;
import static dev.countersign.pki.testing.RawDer.hex;
import static dev.countersign.pki.testing.RawDer.integer;
import static dev.countersign.pki.testing.RawDer.join;
import static dev.countersign.pki.testing.RawDer.oid;
import static dev.countersign.pki.testing.RawDer.seq;
import static dev.countersign.pki.testing.RawDer.tlv;

import dev.countersign.pki.InvalidRequestException.Fault;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.BadCsrs.Sample;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.crypto.agreement.DHStandardGroups;

/** Requests whose key must not be certified. */
final class BadKeyCsrs {
  private static final byte[] EC = oid("1.2.840.10045.2.1");
  private static final byte[] P256 = oid("1.2.840.10045.3.1.7");
  private static final byte[] GOOD_SPKI = TestKeys.of(KeyAlgorithm.P256).getPublic().getEncoded();
  private static final byte[] POINT = Arrays.copyOfRange(GOOD_SPKI, 26, 91);
  private static final BigInteger F4 = BigInteger.valueOf(65537);
  private static final BigInteger MODULUS =
      ((RSAPublicKey) TestKeys.of(KeyAlgorithm.RSA_2048).getPublic()).getModulus();

  private final List<Sample> samples;

  private BadKeyCsrs(List<Sample> samples) {
    this.samples = samples;
  }

  static void addTo(List<Sample> samples) {
    BadKeyCsrs bad = new BadKeyCsrs(samples);
    bad.ellipticCurves();
    bad.rsaNumbers();
    bad.rsaEncodings();
    bad.rsaSignatures();
    bad.edwards();
  }

  static void signedByRsa(CsrRecipe recipe, KeyPair key) {
    recipe.publicKey = key.getPublic().getEncoded();
    recipe.signatureAlgorithm = CsrRecipe.RSA_SHA256;
    recipe.signer = CsrRecipe.signer(key, "SHA256withRSA");
  }

  private void bad(String name, Consumer<CsrRecipe> defect) {
    BadCsrs.add(samples, Fault.BAD_PUBLIC_KEY, name, defect);
  }

  private void ec(String name, byte[] algorithm, byte[] point) {
    bad(name, r -> r.publicKey = seq(algorithm, bits(point)));
  }

  private void ellipticCurves() {
    byte[] identifier = seq(EC, P256);
    byte[] x = Arrays.copyOfRange(POINT, 1, 33);
    byte[] y = Arrays.copyOfRange(POINT, 33, 65);
    byte parity = (byte) (y[31] & 1);
    byte[] offCurve = POINT.clone();
    offCurve[64] ^= 1;
    ec("point_not_on_the_curve", identifier, offCurve);
    ec("point_compressed", identifier, join(new byte[] {(byte) (2 + parity)}, x));
    ec("point_hybrid", identifier, join(new byte[] {(byte) (6 + parity)}, x, y));
    ec("point_at_infinity", identifier, new byte[1]);
    ec("point_of_66_bytes", identifier, join(POINT, new byte[1]));
    ec("point_of_zeros", identifier, join(hex("04"), new byte[64]));
    byte[] field = hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    ec("coordinate_not_reduced", identifier, join(hex("04"), field, y));
    ec("curve_parameters_absent", seq(EC), POINT);
    ec("curve_parameters_NULL", seq(EC, RawDer.NULL), POINT);
    byte[] generator =
        hex(
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    ec("explicit_parameters_of_P_256", seq(EC, explicitP256(field, generator)), POINT);
    // CVE-2020-0601: with its own key as the generator, anybody knows the private key 1.
    ec("explicit_parameters_with_own_generator", seq(EC, explicitP256(field, POINT)), POINT);
    ec("unknown_curve", seq(EC, oid("1.2.3.4")), POINT);
    ec("curve_secp256k1", seq(EC, oid("1.3.132.0.10")), POINT);
    ec("element_after_the_curve", seq(EC, P256, RawDer.NULL), POINT);
    ec("unknown_key_algorithm", seq(oid("1.2.3.4")), POINT);
    bad(
        "key_with_an_unused_bit",
        r -> r.publicKey = seq(identifier, tlv(0x03, new byte[] {1}, POINT, new byte[1])));
    bad("element_after_the_key", r -> r.publicKey = seq(identifier, bits(POINT), RawDer.NULL));
    BadCsrs.add(
        samples,
        Fault.MALFORMED,
        "key_bits_in_pieces",
        r -> r.publicKey = seq(identifier, tlv(0x23, bits(POINT))));
  }

  private static byte[] explicitP256(byte[] field, byte[] generator) {
    BigInteger p = new BigInteger(1, field);
    byte[] a = p.subtract(BigInteger.valueOf(3)).toByteArray();
    byte[] b = hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
    BigInteger n =
        new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
    return seq(
        integer(1),
        seq(oid("1.2.840.10045.1.1"), integer(p)),
        seq(RawDer.octets(Arrays.copyOfRange(a, 1, a.length)), RawDer.octets(b)),
        RawDer.octets(generator),
        integer(n),
        integer(1));
  }

  private void rsa(String name, BigInteger modulus, BigInteger exponent) {
    bad(
        name,
        r -> {
          r.publicKey = rsaKey(integer(modulus), integer(exponent));
          r.signatureAlgorithm = CsrRecipe.RSA_SHA256;
          r.signer = info -> new byte[modulus.abs().bitLength() / 8];
        });
  }

  private static byte[] rsaKey(byte[] modulus, byte[] exponent) {
    return seq(seq(oid("1.2.840.113549.1.1.1"), RawDer.NULL), bits(seq(modulus, exponent)));
  }

  private void rsaNumbers() {
    for (int size : new int[] {512, 1024}) {
      bad("RSA_of_" + size + "_bits", r -> signedByRsa(r, weakRsa(size)));
    }
    bad(
        "RSA_exponent_1_with_a_forged_signature",
        r -> {
          r.publicKey = rsaKey(integer(MODULUS), integer(1));
          r.signatureAlgorithm = CsrRecipe.RSA_SHA256;
          // With the exponent 1 the padded digest is its own signature (RFC 8017 9.2).
          r.signer = BadKeyCsrs::padded;
        });
    rsa("RSA_exponent_2", MODULUS, BigInteger.TWO);
    rsa("RSA_exponent_3", MODULUS, BigInteger.valueOf(3));
    rsa("RSA_exponent_65536", MODULUS, BigInteger.valueOf(65536));
    rsa("RSA_exponent_of_33_bits", MODULUS, BigInteger.ONE.shiftLeft(32).add(BigInteger.ONE));
    rsa("RSA_exponent_negative", MODULUS, F4.negate());
    rsa("RSA_modulus_negative", MODULUS.negate(), F4);
    rsa("RSA_modulus_even", MODULUS.subtract(BigInteger.ONE), F4);
    // RFC 3526 3: a prime of 2048 bits that need not be searched for.
    rsa("RSA_modulus_prime", DHStandardGroups.rfc3526_2048.getP(), F4);
    BigInteger third = BigInteger.ONE.shiftLeft(2046).add(MODULUS.shiftRight(3)).setBit(0);
    rsa("RSA_modulus_with_the_factor_3", third.multiply(BigInteger.valueOf(3)), F4);
    rsa(
        "RSA_modulus_with_the_factor_751",
        MODULUS.shiftRight(9).setBit(0).multiply(BigInteger.valueOf(751)).setBit(0),
        F4);
    rsa("RSA_modulus_of_close_primes", closePrimes(), F4);
    rsa("RSA_modulus_a_square", WeakPrimes.PRIME.multiply(WeakPrimes.PRIME), F4);
    rsa("RSA_modulus_of_the_ROCA_generator", WeakPrimes.roca(), F4);
    BigInteger huge = BigInteger.ONE.shiftLeft(16383).add(MODULUS);
    rsa("RSA_of_16384_bits", huge, F4);
    rsa("RSA_of_16384_bits_with_an_exponent_of_16000", huge, huge.shiftRight(384).setBit(0));
    BigInteger big = BigInteger.ONE.shiftLeft(4095).add(MODULUS);
    rsa("RSA_of_4096_bits_with_an_exponent_of_4090", big, big.shiftRight(6).setBit(0));
  }

  private static BigInteger closePrimes() {
    return WeakPrimes.PRIME.multiply(WeakPrimes.PRIME.nextProbablePrime());
  }

  private void rsaEncodings() {
    byte[] n = integer(MODULUS);
    byte[] e = integer(F4);
    rsaSpki("RSA_parameters_absent", seq(seq(oid("1.2.840.113549.1.1.1")), bits(seq(n, e))));
    rsaSpki("RSA_modulus_padded", rsaKey(tlv(0x02, new byte[1], content(n)), e));
    rsaSpki(
        "RSA_key_with_trailing_bytes",
        seq(seq(oid("1.2.840.113549.1.1.1"), RawDer.NULL), bits(seq(n, e), new byte[2])));
    rsaSpki(
        "RSA_key_with_a_third_number",
        seq(seq(oid("1.2.840.113549.1.1.1"), RawDer.NULL), bits(seq(n, e, e))));
  }

  private void rsaSpki(String name, byte[] spki) {
    bad(
        name,
        r -> {
          signedByRsa(r, TestKeys.of(KeyAlgorithm.RSA_2048));
          r.publicKey = spki;
        });
  }

  private void rsaSignatures() {
    rsaSignature("RSA_signature_with_SHA_1", "1.2.840.113549.1.1.5", "SHA1withRSA");
    rsaSignature("RSA_signature_with_MD5", "1.2.840.113549.1.1.4", "MD5withRSA");
    BadCsrs.add(
        samples,
        Fault.BAD_POSSESSION,
        "ECDSA_signature_with_an_RSA_key",
        r -> {
          signedByRsa(r, TestKeys.of(KeyAlgorithm.RSA_2048));
          r.signatureAlgorithm = CsrRecipe.ECDSA_SHA256;
        });
  }

  private void rsaSignature(String name, String oid, String jca) {
    BadCsrs.add(
        samples,
        Fault.BAD_POSSESSION,
        name,
        r -> {
          KeyPair key = TestKeys.of(KeyAlgorithm.RSA_2048);
          signedByRsa(r, key);
          r.signatureAlgorithm = seq(oid(oid), RawDer.NULL);
          r.signer = CsrRecipe.signer(key, jca);
        });
  }

  private void edwards() {
    byte[] raw =
        Arrays.copyOfRange(TestKeys.of(KeyAlgorithm.ED25519).getPublic().getEncoded(), 12, 44);
    edwards("Ed25519_parameters_NULL", seq(oid("1.3.101.112"), RawDer.NULL), raw);
    byte[] identifier = seq(oid("1.3.101.112"));
    edwards("Ed25519_key_of_31_bytes", identifier, Arrays.copyOf(raw, 31));
    byte[] one = new byte[32];
    one[0] = 1;
    edwards("Ed25519_identity_with_a_forged_signature", identifier, one);
    edwards("Ed25519_point_of_order_4", identifier, new byte[32]);
    edwards(
        "Ed25519_point_of_order_2",
        identifier,
        hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
    edwards(
        "Ed25519_point_of_order_8",
        identifier,
        hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));
    edwards(
        "Ed25519_identity_not_reduced",
        identifier,
        hex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
    byte[] two = new byte[32];
    two[0] = 2;
    edwards("Ed25519_not_on_the_curve", identifier, two);
  }

  private void edwards(String name, byte[] algorithm, byte[] key) {
    bad(
        name,
        r -> {
          r.publicKey = seq(algorithm, bits(key));
          r.signatureAlgorithm = CsrRecipe.ED25519;
          // R = B and S = 1: verifies for the identity, whatever was signed.
          r.signer = info -> join(hex("58" + "66".repeat(31)), hex("01"), new byte[31]);
        });
  }

  private static byte[] padded(byte[] message) {
    try {
      byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(message);
      byte[] info = seq(seq(oid("2.16.840.1.101.3.4.2.1"), RawDer.NULL), RawDer.octets(digest));
      byte[] fill = new byte[256 - 3 - info.length];
      Arrays.fill(fill, (byte) 0xff);
      return join(hex("0001"), fill, new byte[1], info);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair weakRsa(int bits) {
    try {
      KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
      keys.initialize(bits);
      return keys.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Primes of 1024 bits out of a fixed seed, large enough that two of them make 2048 bits. */
  private static final class WeakPrimes {
    private static final java.util.Random RANDOM = new java.util.Random(20171016);
    private static final BigInteger LEAST = BigInteger.valueOf(3).shiftLeft(1022);
    static final BigInteger PRIME = LEAST.add(new BigInteger(1000, RANDOM)).nextProbablePrime();

    /** k·M + (65537^a mod M), as the library of CVE-2017-15361 chose its primes. */
    static BigInteger roca() {
      BigInteger m = BigInteger.ONE;
      for (BigInteger p = BigInteger.TWO; p.intValue() <= 167; p = p.nextProbablePrime()) {
        m = m.multiply(p);
      }
      return rocaPrime(m).multiply(rocaPrime(m));
    }

    private static BigInteger rocaPrime(BigInteger m) {
      while (true) {
        BigInteger k = LEAST.divide(m).add(new BigInteger(1000 - m.bitLength(), RANDOM));
        BigInteger power = F4.modPow(new BigInteger(160, RANDOM), m);
        BigInteger candidate = k.add(BigInteger.ONE).multiply(m).add(power);
        if (candidate.isProbablePrime(20)) {
          return candidate;
        }
      }
    }
  }
}
