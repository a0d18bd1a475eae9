package dev.countersign.bench.fill;

import java.time.Duration;
import java.time.Instant;

/**
 * What is made, by its place from 0 on. Each service renews in turn, so that a certificate is
 * renewed by the one that comes as many places later as there are services.
 *
 * @param count certificates
 * @param services that they are of, evenly
 * @param revoked of those that have not ended
 * @param span since when they were issued, evenly
 * @param life of each
 * @param firstCertificate its number in the database
 * @param firstEvent the same
 * @param firstDenial the same
 */
record Plan(
    long count,
    long services,
    long revoked,
    Instant now,
    Duration span,
    Duration life,
    long firstCertificate,
    long firstEvent,
    long firstDenial) {

  // An entry leaves its list some time after the certificate's end: none does while it is measured
  private static final Duration LIVES_ON = Duration.ofDays(3);
  private static final Duration RETRIES = Duration.ofDays(7); // RetentionConfig.DEFAULT

  Plan {
    if (revoked > count - firstLive(count, span, life)) {
      throw new IllegalArgumentException(
          "only " + (count - firstLive(count, span, life)) + " of " + count + " have not ended");
    }
  }

  private static long firstLive(long count, Duration span, Duration life) {
    Duration ended = span.minus(life).plus(LIVES_ON);
    return ended.isNegative() ? 0 : count * ended.toSeconds() / span.toSeconds();
  }

  Instant issuedAt(long index) {
    return now.minus(span).plusSeconds(span.toSeconds() * index / count);
  }

  /** Whether the server would still know what made two requests for it one. */
  boolean retries(long index) {
    return issuedAt(index).isAfter(now.minus(RETRIES));
  }

  /** How many are revoked of those before this place: the last of them is denial that many. */
  long revokedBefore(long index) {
    long from = firstLive(count, span, life);
    return index <= from ? 0 : (long) ((double) revoked * (index - from) / (count - from));
  }

  boolean isRevoked(long index) {
    return revokedBefore(index + 1) > revokedBefore(index);
  }

  boolean isStolen(long index) {
    return isRevoked(index) && revokedBefore(index) % 2 == 0;
  }
}
