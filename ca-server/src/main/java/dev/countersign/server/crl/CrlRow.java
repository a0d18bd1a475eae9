package dev.countersign.server.crl;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A CRL as it is on record: all but its entries, which follow from the changes up to one of them.
 * Times are in whole seconds.
 *
 * @param part {@link #COMPLETE}, or the number of a shard
 * @param revocations the number of the last change that it knows of
 * @param expiredBefore it has no certificate that expired before this
 * @param scheduledAt when the last list was made because it was time for one; this one's time if it
 *     is that
 * @param location of {@link Places}, the newest that it knows of
 * @param base of the delta list, the last or the one that is made with it
 */
@SuppressWarnings("ArrayRecordComponent")
record CrlRow(
    String issuer,
    String part,
    long number,
    Instant thisUpdate,
    Instant nextUpdate,
    long revocations,
    Instant expiredBefore,
    Instant scheduledAt,
    long location,
    Optional<Base> base,
    byte[] signature) {

  /** All that an issuer has revoked. */
  static final String COMPLETE = "complete";

  /** What has changed since an earlier complete list. */
  static final String DELTA = "delta";

  /**
   * A complete list that was made when it was time for one.
   *
   * @param revocations the number of the last change that it knows of
   */
  record Base(long number, long revocations) {
    /** About when it was made: numbers are milliseconds. */
    Instant thisUpdate() {
      return Instant.ofEpochMilli(number).truncatedTo(ChronoUnit.SECONDS);
    }
  }

  static String shard(int shard) {
    return String.valueOf(shard);
  }

  /**
   * The second in which it was the first of its issuer. All others of that second have no date, so
   * that no two lists have the same, whatever the clocks of the nodes that made them said.
   */
  Optional<Instant> modified() {
    return Optional.of(Instant.ofEpochMilli(number)).filter(at -> at.getNano() == 0);
  }

  boolean isComplete() {
    return part.equals(COMPLETE);
  }

  boolean isDelta() {
    return part.equals(DELTA);
  }

  boolean isShard() {
    return !isComplete() && !isDelta();
  }

  int shard() {
    return Integer.parseInt(part);
  }

  CrlRow of(String otherPart) {
    return new CrlRow(
        issuer,
        otherPart,
        number,
        thisUpdate,
        nextUpdate,
        revocations,
        expiredBefore,
        scheduledAt,
        location,
        base,
        signature);
  }

  CrlRow signed(byte[] by) {
    return new CrlRow(
        issuer,
        part,
        number,
        thisUpdate,
        nextUpdate,
        revocations,
        expiredBefore,
        scheduledAt,
        location,
        base,
        by);
  }
}
