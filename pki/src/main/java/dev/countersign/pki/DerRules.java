package dev.countersign.pki;

/** What the content of a primitive value must be to be DER (X.690 8, 10 and 11). */
final class DerRules {
  private DerRules() {}

  static void checkPrimitive(int tag, byte[] content, int start) throws MalformedDerException {
    switch (tag) {
      case DerReader.BOOLEAN -> checkBoolean(content, start);
      case DerReader.INTEGER, DerReader.ENUMERATED -> checkInteger(content, start);
      case DerReader.OID -> checkOid(content, start);
      case DerReader.BIT_STRING -> checkBitString(content, start);
      case DerReader.NULL -> {
        if (content.length != 0) {
          throw new MalformedDerException("a NULL with content", start);
        }
      }
      case DerReader.SEQUENCE & ~0x20, DerReader.SET & ~0x20 ->
          throw new MalformedDerException("a SEQUENCE or SET in primitive form", start);
      case 0 -> throw new MalformedDerException("an end-of-contents mark", start);
      default -> {}
    }
  }

  static void checkInteger(byte[] content, int start) throws MalformedDerException {
    if (content.length == 0) {
      throw new MalformedDerException("an integer without content", start);
    }
    if (content.length > 1
        && ((content[0] == 0 && content[1] >= 0) || (content[0] == -1 && content[1] < 0))) {
      throw new MalformedDerException("an integer that is not minimal", start);
    }
  }

  static boolean checkBoolean(byte[] content, int start) throws MalformedDerException {
    if (content.length != 1 || (content[0] != 0 && content[0] != -1)) {
      throw new MalformedDerException("a BOOLEAN that is neither 00 nor FF", start);
    }
    return content[0] != 0;
  }

  static void checkBitString(byte[] content, int start) throws MalformedDerException {
    boolean good =
        content.length > 0
            && content[0] >= 0
            && content[0] < 8
            && (content.length > 1 || content[0] == 0)
            && (content[content.length - 1]
                    & ((1 << content[0]) - 1)
                    & (content.length > 1 ? 0xff : 0))
                == 0;
    if (!good) {
      throw new MalformedDerException("a BIT STRING with wrong unused bits", start);
    }
  }

  static void checkOid(byte[] content, int start) throws MalformedDerException {
    boolean first = true;
    boolean whole = false;
    int arcLength = 0;
    for (byte b : content) {
      arcLength = first ? 1 : arcLength + 1;
      // Nine octets of seven bits hold any arc in use, and fit a long.
      if ((first && (b & 0xff) == 0x80) || arcLength > 9) {
        throw new MalformedDerException("an object identifier with an ill-formed arc", start);
      }
      whole = b >= 0;
      first = whole;
    }
    if (!whole || content.length > 64) {
      throw new MalformedDerException("an ill-formed object identifier", start);
    }
  }
}
