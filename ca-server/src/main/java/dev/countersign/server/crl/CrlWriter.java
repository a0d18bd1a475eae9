package dev.countersign.server.crl;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Extensions;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.revocation.RevokedEntry;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Writes one complete CRL (RFC 5280 5) from entries as they come, into one buffer that is also what
 * is signed: room is left at its front for everything whose length is known only at the end. Takes
 * about 50 bytes for an entry, and no objects that stay.
 */
final class CrlWriter {
  private static final String CRL_NUMBER = "2.5.29.20";
  private static final String REASON_CODE = "2.5.29.21";
  private static final String INVALIDITY_DATE = "2.5.29.24";
  private static final int LONGEST_HEADER = 6;
  // version, two times, and the headers of three sequences, generously
  private static final int FRONT = 3 + 2 * 17 + 4 * LONGEST_HEADER;
  private static final Map<RevocationReason, byte[]> REASONS = reasons();

  private final Authority issuer;
  private final long number;
  private final Instant thisUpdate;
  private final Instant nextUpdate;
  private final byte[] algorithm;
  private final int entriesStart;
  private byte[] buffer;
  private int end;
  private byte[] previous = new byte[0];

  CrlWriter(Authority issuer, long number, Instant thisUpdate, Instant nextUpdate) {
    this.issuer = issuer;
    this.number = number;
    this.thisUpdate = thisUpdate;
    this.nextUpdate = nextUpdate;
    this.algorithm = issuer.keyAlgorithm().signatureAlgorithm();
    this.entriesStart = FRONT + algorithm.length + issuer.facts().subject().length;
    this.buffer = new byte[entriesStart + 4096];
    this.end = entriesStart;
  }

  private static Map<RevocationReason, byte[]> reasons() {
    Map<RevocationReason, byte[]> encoded = new EnumMap<>(RevocationReason.class);
    for (RevocationReason reason : RevocationReason.values()) {
      byte[] value = new DerWriter(16).enumerated(reason.code()).toByteArray();
      encoded.put(reason, Extensions.extension(REASON_CODE, false, value));
    }
    // RFC 5280 5.3.1: unspecified is said by saying nothing.
    encoded.put(RevocationReason.UNSPECIFIED, new byte[0]);
    return encoded;
  }

  /** Entries must come in ascending order of their serials: readers then sort nothing. */
  void add(RevokedEntry entry) {
    byte[] serial = entry.serial().bytes();
    if (Arrays.compareUnsigned(previous, serial) >= 0) {
      throw new IllegalStateException("CRL entries out of order at " + entry.serial());
    }
    previous = serial;
    byte[] integer = integer(entry.serial());
    byte[] date = CrlTime.time(entry.denial().revokedAt());
    byte[] reason = REASONS.getOrDefault(entry.denial().reason(), new byte[0]);
    byte[] invalidity =
        entry
            .denial()
            .invalidityDate()
            .map(at -> Extensions.extension(INVALIDITY_DATE, false, CrlTime.generalized(at)))
            .orElse(new byte[0]);
    int extensions = reason.length + invalidity.length;
    int content =
        integer.length + date.length + (extensions == 0 ? 0 : 2 + extensions); // all below 128
    header(DerReader.SEQUENCE, content);
    append(integer);
    append(date);
    if (extensions > 0) {
      header(DerReader.SEQUENCE, extensions);
      append(reason);
      append(invalidity);
    }
  }

  /** X.690 8.3.2: no more octets than needed. */
  private static byte[] integer(SerialNumber serial) {
    byte[] content = serial.toBigInteger().toByteArray();
    byte[] integer = new byte[2 + content.length];
    integer[0] = DerReader.INTEGER;
    integer[1] = (byte) content.length;
    System.arraycopy(content, 0, integer, 2, content.length);
    return integer;
  }

  byte[] sign(SigningKey key) {
    int entries = end - entriesStart;
    append(extensions());
    int start = entriesStart;
    if (entries > 0) { // RFC 5280 5.1.2.6: without entries the list is absent
      start = headerBefore(start, entries);
    }
    start = before(start, CrlTime.time(nextUpdate));
    start = before(start, CrlTime.time(thisUpdate));
    start = before(start, issuer.facts().subject());
    start = before(start, algorithm);
    start = before(start, new byte[] {DerReader.INTEGER, 1, 1}); // v2
    start = headerBefore(start, end - start);
    byte[] signature = key.sign(buffer, start, end - start);
    append(algorithm);
    append(new DerWriter(signature.length + 16).bitString(signature).toByteArray());
    start = headerBefore(start, end - start);
    return Arrays.copyOfRange(buffer, start, end);
  }

  private byte[] extensions() {
    DerWriter writer = new DerWriter(128);
    writer.raw(
        Extensions.extension(CRL_NUMBER, false, new DerWriter(16).integer(number).toByteArray()));
    writer.raw(Extensions.authorityKeyIdentifier(issuer.facts().keyIdentifier()));
    return writer.sequence(0).wrap(0xa0, 0).toByteArray();
  }

  private void header(int tag, int length) {
    append(new byte[] {(byte) tag, (byte) length});
  }

  private void append(byte[] bytes) {
    if (buffer.length - end < bytes.length) {
      buffer =
          Arrays.copyOf(buffer, Math.addExact(buffer.length, buffer.length / 2) + bytes.length);
    }
    System.arraycopy(bytes, 0, buffer, end, bytes.length);
    end += bytes.length;
  }

  private int before(int start, byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, start - bytes.length, bytes.length);
    return start - bytes.length;
  }

  private int headerBefore(int start, int length) {
    int at = start;
    if (length < 0x80) {
      buffer[--at] = (byte) length;
    } else {
      int octets = 0;
      for (int rest = length; rest != 0; rest >>>= 8) {
        buffer[--at] = (byte) rest;
        octets++;
      }
      buffer[--at] = (byte) (0x80 | octets);
    }
    buffer[--at] = DerReader.SEQUENCE;
    return at;
  }
}
