package dev.countersign.pki.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/** Puts bytes together as DER, or as what only looks like it. */
final class RawDer {
  static final byte[] NULL = hex("0500");

  private RawDer() {}

  static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] tlv(int tag, byte[]... parts) {
    byte[] content = join(parts);
    byte[] length;
    if (content.length < 0x80) {
      length = new byte[] {(byte) content.length};
    } else {
      byte[] octets = BigInteger.valueOf(content.length).toByteArray();
      byte[] magnitude =
          octets[0] == 0 ? java.util.Arrays.copyOfRange(octets, 1, octets.length) : octets;
      length = join(new byte[] {(byte) (0x80 | magnitude.length)}, magnitude);
    }
    return join(new byte[] {(byte) tag}, length, content);
  }

  static byte[] seq(byte[]... parts) {
    return tlv(0x30, parts);
  }

  static byte[] set(byte[]... parts) {
    return tlv(0x31, parts);
  }

  static byte[] octets(byte[]... parts) {
    return tlv(0x04, parts);
  }

  static byte[] bits(byte[]... parts) {
    return tlv(0x03, new byte[1], join(parts));
  }

  static byte[] integer(BigInteger value) {
    return tlv(0x02, value.toByteArray());
  }

  static byte[] integer(long value) {
    return integer(BigInteger.valueOf(value));
  }

  static byte[] utf8(String text) {
    return tlv(0x0c, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] ia5(int tag, String text) {
    return tlv(tag, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static byte[] oid(String dotted) {
    try {
      return new ASN1ObjectIdentifier(dotted).getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The same element with an indefinite length (X.690 8.1.3.6). */
  static byte[] indefinite(byte[] element) {
    return join(new byte[] {element[0], (byte) 0x80}, content(element), new byte[2]);
  }

  /** The same element with one length octet more than it needs. */
  static byte[] longLength(byte[] element) {
    byte[] content = content(element);
    return join(
        new byte[] {
          element[0], (byte) 0x83, 0, (byte) (content.length >>> 8), (byte) content.length
        },
        content);
  }

  /** The content of a whole element with a minimal length. */
  static byte[] content(byte[] element) {
    int first = element[1] & 0xff;
    int header = first < 0x80 ? 2 : 2 + (first & 0x7f);
    return java.util.Arrays.copyOfRange(element, header, element.length);
  }

  /** SEQUENCEs in each other. */
  static byte[] nested(int depth) {
    byte[] inner = NULL;
    for (int i = 0; i < depth; i++) {
      inner = seq(inner);
    }
    return inner;
  }
}
