package dev.countersign.server.crl;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Extensions;
import dev.countersign.server.issuance.Denial;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * One line of a list as DER (RFC 5280 5.1: revokedCertificates), or that a serial has none.
 *
 * @param serial the content of its INTEGER
 * @param der empty when the serial leaves the list
 * @param mark by which many entries leave at once; see {@link SortedEntries#without}
 */
@SuppressWarnings("ArrayRecordComponent")
record EncodedEntry(byte[] serial, byte[] der, long mark) {
  private static final String REASON_CODE = "2.5.29.21";
  private static final String INVALIDITY_DATE = "2.5.29.24";
  private static final int HIGHEST_REASON = 10; // RFC 5280 5.3.1
  private static final byte[] NOTHING = {};
  private static final byte[] REMOVED = reason(8);
  private static final Map<RevocationReason, byte[]> REASONS = reasons();

  private static Map<RevocationReason, byte[]> reasons() {
    Map<RevocationReason, byte[]> encoded = new EnumMap<>(RevocationReason.class);
    for (RevocationReason reason : RevocationReason.values()) {
      encoded.put(reason, reason(reason.code()));
    }
    // RFC 5280 5.3.1: unspecified is said by saying nothing.
    encoded.put(RevocationReason.UNSPECIFIED, NOTHING);
    return encoded;
  }

  private static byte[] reason(int code) {
    byte[] value = new DerWriter(16).enumerated(code).toByteArray();
    return Extensions.extension(REASON_CODE, false, value);
  }

  static EncodedEntry absent(SerialNumber serial) {
    return new EncodedEntry(content(serial), NOTHING, 0);
  }

  static EncodedEntry of(SerialNumber serial, Denial denial, long mark) {
    byte[] reason = REASONS.getOrDefault(denial.reason(), NOTHING);
    return of(serial, denial.revokedAt(), reason, invalidity(denial.invalidityDate()), mark);
  }

  /**
   * That it is not on hold any more, for who has a list in which it may be (RFC 5280 5.3.1:
   * removeFromCRL, in delta lists alone).
   *
   * @param since some time; no reader needs it
   */
  static EncodedEntry removed(SerialNumber serial, Instant since, long mark) {
    return of(serial, since, REMOVED, NOTHING, mark);
  }

  private static EncodedEntry of(
      SerialNumber serial, Instant since, byte[] reason, byte[] invalidity, long mark) {
    byte[] content = content(serial);
    byte[] date = CrlTime.time(since);
    int extensions = reason.length + invalidity.length;
    int length = 2 + content.length + date.length + (extensions == 0 ? 0 : 2 + extensions);
    byte[] der = new byte[2 + length]; // no length reaches 128: one octet says each
    int at = header(der, 0, DerReader.SEQUENCE, length);
    at = header(der, at, DerReader.INTEGER, content.length);
    at = append(der, at, content);
    at = append(der, at, date);
    if (extensions > 0) {
      at = header(der, at, DerReader.SEQUENCE, extensions);
      at = append(der, at, reason);
      append(der, at, invalidity);
    }
    return new EncodedEntry(content, der, mark);
  }

  /** What was encoded, to the second. */
  static Denial denial(byte[] der) {
    try {
      DerReader entry = DerReader.of(der).sequence();
      entry.skip();
      Instant revokedAt = entry.time();
      RevocationReason reason = RevocationReason.UNSPECIFIED;
      Optional<Instant> invalidity = Optional.empty();
      DerReader extensions = entry.atEnd() ? entry : entry.sequence();
      while (!extensions.atEnd()) {
        DerReader extension = extensions.sequence();
        boolean isReason = extension.oid().equals(REASON_CODE);
        DerReader value = DerReader.of(extension.octetString());
        if (isReason) {
          reason = RevocationReason.ofCode(value.enumerated(HIGHEST_REASON));
        } else {
          invalidity = Optional.of(value.time());
        }
      }
      return new Denial(revokedAt, reason, invalidity);
    } catch (MalformedDerException e) {
      throw new IllegalStateException("Our own entry cannot be read", e);
    }
  }

  boolean isAbsent() {
    return der.length == 0;
  }

  private static byte[] invalidity(Optional<Instant> date) {
    return date.map(at -> Extensions.extension(INVALIDITY_DATE, false, CrlTime.generalized(at)))
        .orElse(NOTHING);
  }

  /** X.690 8.3.2: no more octets than needed. */
  static byte[] content(SerialNumber serial) {
    byte[] octets = serial.bytes();
    return octets[0] > 0 ? octets : serial.toBigInteger().toByteArray();
  }

  private static int header(byte[] der, int at, int tag, int length) {
    der[at] = (byte) tag;
    der[at + 1] = (byte) length;
    return at + 2;
  }

  private static int append(byte[] der, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, der, at, bytes.length);
    return at + bytes.length;
  }
}
