package dev.countersign.bench.floor;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.DerWriter;
import java.util.Arrays;

/**
 * A certificate of an authority, of which another is made by putting in serial number and public
 * key: the least that building one can cost.
 */
final class Template {
  private final byte[] toBeSigned;
  private final byte[] algorithm;
  private final int serialAt;
  private final int serialLength;
  private final int keyAt;

  /**
   * @param certificate whose key is of the same kind as those that are put in
   */
  Template(Certificate certificate) {
    toBeSigned = certificate.toBeSigned();
    algorithm = certificate.signatureAlgorithm();
    byte[] serial = certificate.serial().toBigInteger().toByteArray();
    serialAt = find(serial);
    serialLength = serial.length;
    keyAt = find(certificate.publicKeyInfo());
  }

  /**
   * The bytes to sign; the random ones become the serial number, positive and as long as before.
   */
  byte[] with(byte[] random, byte[] publicKeyInfo) {
    byte[] made = toBeSigned.clone();
    System.arraycopy(random, 0, made, serialAt, serialLength);
    made[serialAt] = (byte) (0x40 | (made[serialAt] & 0x3f));
    System.arraycopy(publicKeyInfo, 0, made, keyAt, publicKeyInfo.length);
    return made;
  }

  byte[] signed(byte[] made, byte[] signature) {
    return new DerWriter(made.length + signature.length + 32)
        .bitString(signature)
        .raw(algorithm)
        .raw(made)
        .sequence(0)
        .toByteArray();
  }

  private int find(byte[] part) {
    for (int i = 0; i + part.length <= toBeSigned.length; i++) {
      if (Arrays.equals(toBeSigned, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new IllegalArgumentException("the certificate does not contain what is to be replaced");
  }
}
