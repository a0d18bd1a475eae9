package dev.countersign.bench.fill;

import dev.countersign.pki.SerialNumber;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The serials of what is made: as good as random, and found again by who knows the authority alone.
 */
public final class Serials {
  private final byte[] seed;

  /**
   * @param seed the same bytes for the same authority
   */
  public Serials(byte[] seed) {
    this.seed = seed.clone();
  }

  /** Of the certificate that was made as this one, from 0. */
  public SerialNumber of(long index) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(seed);
      byte[] octets =
          Arrays.copyOf(digest.digest(ByteBuffer.allocate(Long.BYTES).putLong(index).array()), 20);
      octets[0] &= 0x7f;
      if (octets[0] == 0) { // SerialNumber.random: of exactly 20 octets
        octets[0] = 1;
      }
      return SerialNumber.of(new BigInteger(octets));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // each Java has it
    }
  }
}
