package dev.countersign.server.crl;

import java.time.Instant;
import java.time.LocalDate;

/**
 * The two encodings of a time, without a formatter: a list of a million entries has a million of
 * them.
 */
final class CrlTime {
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int GENERALIZED_LENGTH = 15;
  private static final int UTC_LENGTH = 13;

  // RFC 5280 4.1.2.5.2: a year has four digits
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  private static final Instant UTC_BEGINS = Instant.parse("1950-01-01T00:00:00Z");
  private static final Instant UTC_ENDS = Instant.parse("2050-01-01T00:00:00Z");
  private static final long SECONDS_PER_DAY = 86_400;

  private CrlTime() {}

  /** The nearest that there is room for: no date of one entry may keep the list from all. */
  private static Instant near(Instant instant) {
    return instant.isBefore(FIRST) ? FIRST : instant.isAfter(LAST) ? LAST : instant;
  }

  /**
   * RFC 5280 5.1.2.4 to 5.1.2.6: UTCTime through 2049, which begins in 1950, else GeneralizedTime.
   */
  static byte[] time(Instant instant) {
    byte[] generalized = generalized(instant);
    if (instant.isBefore(UTC_BEGINS) || !instant.isBefore(UTC_ENDS)) {
      return generalized;
    }
    byte[] utc = new byte[2 + UTC_LENGTH];
    utc[0] = UTC_TIME;
    utc[1] = UTC_LENGTH;
    System.arraycopy(generalized, 4, utc, 2, UTC_LENGTH); // without the century
    return utc;
  }

  static byte[] generalized(Instant instant) {
    long second = near(instant).getEpochSecond();
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, SECONDS_PER_DAY));
    int time = (int) Math.floorMod(second, SECONDS_PER_DAY);
    byte[] out = new byte[2 + GENERALIZED_LENGTH];
    out[0] = GENERALIZED_TIME;
    out[1] = GENERALIZED_LENGTH;
    twoDigits(out, 2, date.getYear() / 100);
    twoDigits(out, 4, date.getYear() % 100);
    twoDigits(out, 6, date.getMonthValue());
    twoDigits(out, 8, date.getDayOfMonth());
    twoDigits(out, 10, time / 3600);
    twoDigits(out, 12, time / 60 % 60);
    twoDigits(out, 14, time % 60);
    out[16] = 'Z';
    return out;
  }

  private static void twoDigits(byte[] out, int at, int value) {
    out[at] = (byte) ('0' + value / 10);
    out[at + 1] = (byte) ('0' + value % 10);
  }
}
