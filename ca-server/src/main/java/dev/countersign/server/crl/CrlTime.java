package dev.countersign.server.crl;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * The two encodings of a time, without a formatter: a list of a million entries has a million of
 * them.
 */
final class CrlTime {
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int GENERALIZED_LENGTH = 15;
  private static final int UTC_LENGTH = 13;

  private CrlTime() {}

  /** RFC 5280 5.1.2.4 to 5.1.2.6: UTCTime through 2049, GeneralizedTime from 2050. */
  static byte[] time(Instant instant) {
    byte[] generalized = generalized(instant);
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    if (time.getYear() >= 2050) {
      return generalized;
    }
    byte[] utc = new byte[2 + UTC_LENGTH];
    utc[0] = UTC_TIME;
    utc[1] = UTC_LENGTH;
    System.arraycopy(generalized, 4, utc, 2, UTC_LENGTH); // without the century
    return utc;
  }

  static byte[] generalized(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    byte[] out = new byte[2 + GENERALIZED_LENGTH];
    out[0] = GENERALIZED_TIME;
    out[1] = GENERALIZED_LENGTH;
    twoDigits(out, 2, time.getYear() / 100);
    twoDigits(out, 4, time.getYear() % 100);
    twoDigits(out, 6, time.getMonthValue());
    twoDigits(out, 8, time.getDayOfMonth());
    twoDigits(out, 10, time.getHour());
    twoDigits(out, 12, time.getMinute());
    twoDigits(out, 14, time.getSecond());
    out[16] = 'Z';
    return out;
  }

  private static void twoDigits(byte[] out, int at, int value) {
    out[at] = (byte) ('0' + value / 10);
    out[at + 1] = (byte) ('0' + value % 10);
  }
}
