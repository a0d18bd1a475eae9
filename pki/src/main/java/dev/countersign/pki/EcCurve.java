package dev.countersign.pki;

import java.math.BigInteger;
import java.util.HexFormat;

/**
 * The NIST curves whose points may be certified (SP 800-186 3.2.1), with the one encoding that is
 * read.
 */
enum EcCurve {
  P256(
      "P-256",
      "3059301306072a8648ce3d020106082a8648ce3d03010703420004",
      32,
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
      "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  P384(
      "P-384",
      "3076301006072a8648ce3d020106052b8104002203620004",
      48,
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
          + "ffffffff0000000000000000ffffffff",
      "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
          + "c656398d8a2ed19d2a85c8edd3ec2aef",
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
          + "581a0db248b0a77aecec196accc52973"),
  P521(
      "P-521",
      "30819b301006072a8648ce3d020106052b810400230381860004",
      66,
      "01ff" + "ff".repeat(64),
      "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b"
          + "1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
      "01ff"
          + "ff".repeat(31)
          + "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409");

  private static final BigInteger THREE = BigInteger.valueOf(3);

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // read on every request; nobody in this package writes
  private final byte[] spkiPrefix;

  private final int fieldBytes;
  private final BigInteger p;
  private final BigInteger b;
  private final BigInteger order;

  EcCurve(String label, String spkiPrefix, int fieldBytes, String p, String b, String order) {
    this.label = label;
    this.spkiPrefix = HexFormat.of().parseHex(spkiPrefix);
    this.fieldBytes = fieldBytes;
    this.p = new BigInteger(p, 16);
    this.b = new BigInteger(b, 16);
    this.order = new BigInteger(order, 16);
  }

  String label() {
    return label;
  }

  /** Everything before the coordinates; shared, not to be written to. */
  byte[] spkiPrefix() {
    return spkiPrefix;
  }

  int fieldBytes() {
    return fieldBytes;
  }

  /** Of the base point; private keys are smaller. */
  BigInteger order() {
    return order;
  }

  /**
   * Whether y² = x³ - 3x + b with both coordinates reduced. The cofactor is 1: every such point is
   * good.
   */
  boolean contains(BigInteger x, BigInteger y) {
    if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
      return false;
    }
    BigInteger right = x.multiply(x).subtract(THREE).multiply(x).add(b);
    return y.multiply(y).subtract(right).mod(p).signum() == 0;
  }
}
