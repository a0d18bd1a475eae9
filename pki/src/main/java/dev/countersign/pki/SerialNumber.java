package dev.countersign.pki;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/** The serial number of a certificate, as 20 octets. */
public final class SerialNumber implements Comparable<SerialNumber> {
  // RFC 5280 4.1.2.2: at most 20 octets, not negative.
  private static final int OCTETS = 20;

  private final byte[] bytes;

  private SerialNumber(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * 159 random bits. A draw whose first octet is 0 is drawn again, so that every serial is an
   * INTEGER of exactly 20 octets: writers of certificates and CRLs may count on the length.
   */
  public static SerialNumber random(SecureRandom random) {
    byte[] bytes = new byte[OCTETS];
    do {
      random.nextBytes(bytes);
      bytes[0] &= 0x7f;
    } while (bytes[0] == 0);
    return new SerialNumber(bytes);
  }

  public static SerialNumber of(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 8 * OCTETS) {
      throw new IllegalArgumentException(
          "a serial number is not negative and has at most 20 octets (RFC 5280 4.1.2.2)");
    }
    byte[] magnitude = value.toByteArray();
    byte[] bytes = new byte[OCTETS];
    int from = magnitude.length > OCTETS ? magnitude.length - OCTETS : 0;
    int length = magnitude.length - from;
    System.arraycopy(magnitude, from, bytes, OCTETS - length, length);
    return new SerialNumber(bytes);
  }

  /** Reads hexadecimal digits in any case, with or without colons, as other tools print them. */
  @JsonCreator
  public static SerialNumber parse(String text) {
    byte[] bytes = new byte[OCTETS];
    if (text.length() == 2 * OCTETS && isRead(text, bytes)) { // a million of them at the start
      return new SerialNumber(bytes);
    }
    String digits = text.strip().replace(":", "");
    if (text.length() > 3 * OCTETS
        || digits.isEmpty()
        || digits.length() > 2 * OCTETS
        || !isRead("0".repeat(2 * OCTETS - digits.length()) + digits, bytes)) {
      throw new IllegalArgumentException(
          "'" + SafeText.of(text) + "' is not a serial number: 1 to 40 hexadecimal digits");
    }
    return new SerialNumber(bytes);
  }

  /**
   * Two digits for each octet.
   *
   * @return false when one of them is none
   */
  private static boolean isRead(String digits, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      char high = digits.charAt(2 * i);
      char low = digits.charAt(2 * i + 1);
      if (!HexFormat.isHexDigit(high) || !HexFormat.isHexDigit(low)) {
        return false;
      }
      bytes[i] = (byte) (HexFormat.fromHexDigit(high) << 4 | HexFormat.fromHexDigit(low));
    }
    return true;
  }

  public BigInteger toBigInteger() {
    return new BigInteger(1, bytes);
  }

  /** The 20 octets, big-endian, padded with zeros on the left. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public int compareTo(SerialNumber other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SerialNumber serial && Arrays.equals(bytes, serial.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** 40 lower-case hexadecimal digits. */
  @JsonValue
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
