package dev.countersign.pki;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * A cursor over DER (X.690 10 and 11) that refuses BER: lengths are definite and minimal, integers
 * minimal, a BOOLEAN is 00 or FF, and every constructed value must be read to its {@link #end()}.
 * Offsets in messages count from the first byte of what {@link #of} was given. Nothing is copied
 * until a value is asked for.
 */
public final class DerReader {
  public static final int BOOLEAN = 0x01;
  public static final int INTEGER = 0x02;
  public static final int BIT_STRING = 0x03;
  public static final int OCTET_STRING = 0x04;
  public static final int NULL = 0x05;
  public static final int OID = 0x06;
  public static final int ENUMERATED = 0x0a;
  public static final int UTF8_STRING = 0x0c;
  public static final int PRINTABLE_STRING = 0x13;
  public static final int TELETEX_STRING = 0x14;
  public static final int IA5_STRING = 0x16;
  public static final int UTC_TIME = 0x17;
  public static final int GENERALIZED_TIME = 0x18;
  public static final int BMP_STRING = 0x1e;
  public static final int SEQUENCE = 0x30;
  public static final int SET = 0x31;

  /**
   * Deeper nesting than any certificate, CRL or request has; a bound on the work of {@link
   * #checkTree}.
   */
  private static final int DEEPEST = 24;

  private final byte[] bytes;
  private final int limit;
  private final int depth;
  private int position;

  private DerReader(byte[] bytes, int position, int limit, int depth) {
    this.bytes = bytes;
    this.position = position;
    this.limit = limit;
    this.depth = depth;
  }

  /** Reads these bytes, which must not change meanwhile. */
  public static DerReader of(byte[] der) {
    return new DerReader(der, 0, der.length, 0);
  }

  /** Whether everything of this level has been read. */
  public boolean atEnd() {
    return position == limit;
  }

  /** Refuses what follows the last element that is known. */
  public void end() throws MalformedDerException {
    if (position != limit) {
      throw fault("unexpected data after the last element");
    }
  }

  /** The offset of the next element. */
  public int offset() {
    return position;
  }

  /** The tag of the next element, or -1 at the end. */
  public int peekTag() {
    return position < limit ? bytes[position] & 0xff : -1;
  }

  /** Whether the next element has this tag. */
  public boolean isNext(int tag) {
    return peekTag() == tag;
  }

  /** Goes into the next element, a SEQUENCE. */
  public DerReader sequence() throws MalformedDerException {
    return enter(SEQUENCE);
  }

  /** Goes into the next element, a SET; the order of its members is for {@link #checkSetOrder}. */
  public DerReader set() throws MalformedDerException {
    return enter(SET);
  }

  /**
   * Goes into the next element, which must have this (constructed) tag, and passes behind it here.
   */
  public DerReader enter(int tag) throws MalformedDerException {
    int start = position;
    int length = header(tag);
    if (depth + 1 > DEEPEST) {
      throw new MalformedDerException("nested too deeply", start);
    }
    DerReader inner = new DerReader(bytes, position, position + length, depth + 1);
    position += length;
    return inner;
  }

  /** The content of the next element, which must have this tag. */
  public byte[] content(int tag) throws MalformedDerException {
    int length = header(tag);
    byte[] content = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return content;
  }

  /** The next element whole, with tag and length. */
  public byte[] element() throws MalformedDerException {
    int start = position;
    skip();
    return Arrays.copyOfRange(bytes, start, position);
  }

  /** Passes the next element. */
  public void skip() throws MalformedDerException {
    int tag = peekTag();
    if (tag < 0) {
      throw fault("an element is missing");
    }
    int length = header(tag);
    position += length;
  }

  /** An INTEGER of any size, in its minimal form. */
  public BigInteger integer() throws MalformedDerException {
    int start = position;
    byte[] content = content(INTEGER);
    DerRules.checkInteger(content, start);
    return new BigInteger(content);
  }

  /** An INTEGER that is neither negative nor larger than the bound. */
  public int integer(int most) throws MalformedDerException {
    int start = position;
    BigInteger value = integer();
    if (value.signum() < 0 || value.bitLength() > 31 || value.intValueExact() > most) {
      throw new MalformedDerException("an integer out of range", start);
    }
    return value.intValueExact();
  }

  /** An ENUMERATED that is neither negative nor larger than the bound. */
  public int enumerated(int most) throws MalformedDerException {
    int start = position;
    byte[] content = content(ENUMERATED);
    DerRules.checkInteger(content, start);
    BigInteger value = new BigInteger(content);
    if (value.signum() < 0 || value.bitLength() > 31 || value.intValueExact() > most) {
      throw new MalformedDerException("an enumerated value out of range", start);
    }
    return value.intValueExact();
  }

  public boolean bool() throws MalformedDerException {
    int start = position;
    return DerRules.checkBoolean(content(BOOLEAN), start);
  }

  /** {@code BOOLEAN DEFAULT FALSE}: absent or TRUE, never an encoded FALSE (X.690 11.5). */
  public boolean boolDefaultFalse() throws MalformedDerException {
    if (!isNext(BOOLEAN)) {
      return false;
    }
    int start = position;
    if (!bool()) {
      throw new MalformedDerException("a default value that is encoded", start);
    }
    return true;
  }

  public void nul() throws MalformedDerException {
    int start = position;
    if (content(NULL).length != 0) {
      throw new MalformedDerException("a NULL with content", start);
    }
  }

  public byte[] octetString() throws MalformedDerException {
    return content(OCTET_STRING);
  }

  /** The octets of a BIT STRING without unused bits: a key or a signature. */
  public byte[] bitStringOctets() throws MalformedDerException {
    int start = position;
    byte[] content = content(BIT_STRING);
    if (content.length == 0 || content[0] != 0) {
      throw new MalformedDerException("a BIT STRING that does not hold whole octets", start);
    }
    return Arrays.copyOfRange(content, 1, content.length);
  }

  /** An OBJECT IDENTIFIER in dotted form. */
  public String oid() throws MalformedDerException {
    int start = position;
    byte[] content = content(OID);
    DerRules.checkOid(content, start);
    return Oids.dotted(content);
  }

  /**
   * A character string of one of the kinds that X.509 names use; checked against the kind's
   * alphabet.
   */
  public String string() throws MalformedDerException {
    int start = position;
    int tag = peekTag();
    if (!DerStrings.isString(tag)) {
      throw new MalformedDerException("a character string was expected", start);
    }
    String text = DerStrings.decodeOrNull(tag, content(tag));
    if (text == null) {
      throw new MalformedDerException("a character string with bytes it cannot hold", start);
    }
    return text;
  }

  /** A UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 has them: to the second, in UTC. */
  public Instant time() throws MalformedDerException {
    int start = position;
    boolean utc = isNext(UTC_TIME);
    byte[] text = content(utc ? UTC_TIME : GENERALIZED_TIME);
    if (!isTime(text, utc ? 12 : 14)) {
      throw new MalformedDerException("a time that is not to the second in UTC", start);
    }
    int year = twoDigits(text, 0);
    int month = 2;
    if (utc) {
      // RFC 5280 4.1.2.5.1: 50 to 99 mean 19xx, 00 to 49 mean 20xx.
      year += year >= 50 ? 1900 : 2000;
    } else {
      year = 100 * year + twoDigits(text, 2);
      month = 4;
    }
    try {
      return LocalDateTime.of(
              year,
              twoDigits(text, month),
              twoDigits(text, month + 2),
              twoDigits(text, month + 4),
              twoDigits(text, month + 6),
              twoDigits(text, month + 8))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new MalformedDerException("a time that does not exist", start);
    }
  }

  private static boolean isTime(byte[] text, int digits) {
    if (text.length != digits + 1 || text[digits] != 'Z') {
      return false;
    }
    for (int i = 0; i < digits; i++) {
      if (text[i] < '0' || text[i] > '9') {
        return false;
      }
    }
    return true;
  }

  private static int twoDigits(byte[] text, int at) {
    return 10 * (text[at] - '0') + text[at + 1] - '0';
  }

  /**
   * Walks everything that is left and refuses whatever is not DER, also in parts that nobody will
   * look at; moves nothing. With this done, two readers cannot see two different things in the same
   * bytes.
   */
  public void checkTree() throws MalformedDerException {
    DerReader walk = new DerReader(bytes, position, limit, depth);
    while (!walk.atEnd()) {
      walk.checkElement();
    }
  }

  private void checkElement() throws MalformedDerException {
    int start = position;
    int tag = peekTag();
    if ((tag & 0x20) != 0) {
      if (tag < 0x40 && tag != SEQUENCE && tag != SET) {
        throw new MalformedDerException("a primitive type in constructed form", start);
      }
      DerReader inner = enter(tag);
      if (tag == SET) {
        inner.checkSetOrder();
      }
      inner.checkTree();
      return;
    }
    byte[] content = content(tag);
    DerRules.checkPrimitive(tag, content, start);
  }

  /**
   * Refuses members of this SET OF that do not ascend (X.690 11.6); equal ones may stand. Moves
   * nothing.
   */
  public void checkSetOrder() throws MalformedDerException {
    DerReader walk = new DerReader(bytes, position, limit, depth);
    byte[] previous = new byte[0];
    while (!walk.atEnd()) {
      int start = walk.position;
      byte[] element = walk.element();
      if (Arrays.compareUnsigned(previous, element) > 0) {
        throw new MalformedDerException("a SET OF whose members are out of order", start);
      }
      previous = element;
    }
  }

  private int header(int expectedTag) throws MalformedDerException {
    int start = position;
    if (position >= limit) {
      throw fault("an element is missing");
    }
    int tag = bytes[position] & 0xff;
    if ((tag & 0x1f) == 0x1f) {
      throw fault("a tag of more than one byte");
    }
    if (tag != expectedTag) {
      throw fault(String.format("tag %02x where %02x was expected", tag, expectedTag));
    }
    if (position + 1 >= limit) {
      throw fault("an element that is cut off");
    }
    int first = bytes[position + 1] & 0xff;
    position += 2;
    int length = first;
    if (first >= 0x80) {
      length = longLength(first & 0x7f, start);
    }
    if (length > limit - position) {
      throw new MalformedDerException("a length beyond the end", start);
    }
    return length;
  }

  private int longLength(int octets, int start) throws MalformedDerException {
    if (octets == 0) {
      throw new MalformedDerException("an indefinite length (BER)", start);
    }
    if (octets > 4 || octets > limit - position) {
      throw new MalformedDerException("a length beyond the end", start);
    }
    long length = 0;
    for (int i = 0; i < octets; i++) {
      length = (length << 8) | (bytes[position++] & 0xff);
    }
    // X.690 10.1: the shortest form.
    if (length < 0x80 || (octets > 1 && length >>> (8 * (octets - 1)) == 0)) {
      throw new MalformedDerException("a length that is not minimal", start);
    }
    if (length > Integer.MAX_VALUE) {
      throw new MalformedDerException("a length beyond the end", start);
    }
    return (int) length;
  }

  private MalformedDerException fault(String what) {
    return new MalformedDerException(what, position);
  }
}
