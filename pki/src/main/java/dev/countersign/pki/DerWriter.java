package dev.countersign.pki;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes DER backward into one array: what comes last is written first, so that every length is
 * known when its header is due, and nothing is built twice. A constructed value takes a {@link
 * #mark()} before its last member and is closed by {@link #wrap}:
 *
 * <pre>
 *   int sequence = writer.mark();
 *   writer.bool(true).oid(Oids.KEY_USAGE);   // oid first in the result
 *   writer.sequence(sequence);
 * </pre>
 */
public final class DerWriter {
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  // RFC 5280 4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050 on.
  private static final Instant FIRST_GENERALIZED = Instant.parse("2050-01-01T00:00:00Z");
  private static final Instant FIRST_UTC = Instant.parse("1950-01-01T00:00:00Z");

  private byte[] buffer;
  private int start;

  public DerWriter() {
    this(1024);
  }

  /** A writer with room for this many bytes; it grows by itself. */
  public DerWriter(int expectedLength) {
    buffer = new byte[Math.max(16, expectedLength)];
    start = buffer.length;
  }

  /** How much has been written: the place where an enclosing value will end. */
  public int mark() {
    return buffer.length - start;
  }

  /** Puts tag and length before everything written since the mark. */
  public DerWriter wrap(int tag, int mark) {
    int length = mark() - mark;
    if (length < 0x80) {
      room(2);
      buffer[--start] = (byte) length;
    } else {
      room(6);
      int octets = 0;
      for (int rest = length; rest != 0; rest >>>= 8) {
        buffer[--start] = (byte) rest;
        octets++;
      }
      buffer[--start] = (byte) (0x80 | octets);
    }
    buffer[--start] = (byte) tag;
    return this;
  }

  public DerWriter sequence(int mark) {
    return wrap(DerReader.SEQUENCE, mark);
  }

  public DerWriter set(int mark) {
    return wrap(DerReader.SET, mark);
  }

  /** Makes everything since the mark the octets of a BIT STRING. */
  public DerWriter wrapBitString(int mark) {
    return octet(0).wrap(DerReader.BIT_STRING, mark);
  }

  /** Makes everything since the mark the content of an OCTET STRING. */
  public DerWriter wrapOctetString(int mark) {
    return wrap(DerReader.OCTET_STRING, mark);
  }

  /** Bytes that are DER already. */
  public DerWriter raw(byte[] der) {
    return raw(der, 0, der.length);
  }

  public DerWriter raw(byte[] der, int offset, int length) {
    room(length);
    start -= length;
    System.arraycopy(der, offset, buffer, start, length);
    return this;
  }

  /** A primitive value with this tag. */
  public DerWriter value(int tag, byte[] content) {
    int mark = mark();
    return raw(content).wrap(tag, mark);
  }

  public DerWriter integer(BigInteger value) {
    return value(DerReader.INTEGER, value.toByteArray());
  }

  public DerWriter integer(long value) {
    return integer(BigInteger.valueOf(value));
  }

  public DerWriter enumerated(int value) {
    return value(DerReader.ENUMERATED, BigInteger.valueOf(value).toByteArray());
  }

  public DerWriter bool(boolean value) {
    return value(DerReader.BOOLEAN, new byte[] {(byte) (value ? 0xff : 0)});
  }

  public DerWriter nul() {
    return value(DerReader.NULL, new byte[0]);
  }

  public DerWriter octetString(byte[] octets) {
    return value(DerReader.OCTET_STRING, octets);
  }

  /** A BIT STRING of whole octets. */
  public DerWriter bitString(byte[] octets) {
    int mark = mark();
    return raw(octets).wrapBitString(mark);
  }

  public DerWriter oid(String dotted) {
    return value(DerReader.OID, Oids.known(dotted));
  }

  public DerWriter utf8(String text) {
    return value(DerReader.UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A string of ASCII; anything else would become question marks, and is refused. */
  public DerWriter ascii(int tag, String text) {
    if (!text.chars().allMatch(c -> c < 0x80)) {
      throw new IllegalArgumentException("not ASCII: " + SafeText.of(text));
    }
    return value(tag, text.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * A Time of RFC 5280: UTCTime until 2049, then GeneralizedTime; fractions of a second are
   * dropped.
   */
  public DerWriter time(Instant time) {
    if (time.isBefore(FIRST_GENERALIZED) && !time.isBefore(FIRST_UTC)) {
      return ascii(DerReader.UTC_TIME, UTC_TIME.format(time));
    }
    return generalizedTime(time);
  }

  /** A GeneralizedTime to the second. */
  public DerWriter generalizedTime(Instant time) {
    return ascii(DerReader.GENERALIZED_TIME, GENERALIZED_TIME.format(time));
  }

  /** Everything written so far. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(buffer, start, buffer.length);
  }

  private DerWriter octet(int value) {
    room(1);
    buffer[--start] = (byte) value;
    return this;
  }

  private void room(int length) {
    if (length <= start) {
      return;
    }
    int used = mark();
    byte[] larger = new byte[Math.addExact(Math.max(buffer.length, length), buffer.length)];
    System.arraycopy(buffer, start, larger, larger.length - used, used);
    buffer = larger;
    start = larger.length - used;
  }
}
