package dev.countersign.pki;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * PBKDF2 (RFC 8018 5.2) over the first provider's HMAC. The JDK's own takes the digest from the
 * first provider and keys it anew for each of the hundred thousands of rounds, which takes about
 * twice as long: a server waits for this at its start.
 */
final class Pbkdf2 {
  private final Mac mac;

  private Pbkdf2(Mac mac) {
    this.mac = mac;
  }

  /**
   * The first {@code length} octets of the key.
   *
   * @param hash as in {@code HmacSHA256}
   */
  static byte[] derive(String hash, char[] passphrase, byte[] salt, int iterations, int length)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("Hmac" + hash);
    byte[] secret = utf8(passphrase);
    try {
      mac.init(new SecretKeySpec(secret, mac.getAlgorithm()));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
    return new Pbkdf2(mac).blocks(salt, iterations, length);
  }

  private byte[] blocks(byte[] salt, int iterations, int length) throws GeneralSecurityException {
    byte[] key = new byte[length];
    int size = mac.getMacLength();
    for (int start = 0, number = 1; start < length; start += size, number++) {
      byte[] block = block(salt, iterations, number);
      System.arraycopy(block, 0, key, start, Math.min(size, length - start));
      Arrays.fill(block, (byte) 0);
    }
    return key;
  }

  private byte[] block(byte[] salt, int iterations, int number) throws GeneralSecurityException {
    mac.update(salt);
    byte[] round = mac.doFinal(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    byte[] block = round.clone();
    for (int i = 1; i < iterations; i++) {
      mac.update(round);
      mac.doFinal(round, 0);
      for (int j = 0; j < block.length; j++) {
        block[j] ^= round[j];
      }
    }
    return block;
  }

  private static byte[] utf8(char[] passphrase) {
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
    byte[] secret = new byte[encoded.remaining()];
    encoded.get(secret);
    Arrays.fill(encoded.array(), (byte) 0);
    return secret;
  }
}
