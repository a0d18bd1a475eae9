package dev.countersign.server.crl;

import java.time.Instant;
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
    byte[] signature) {

  /** All that an issuer has revoked. */
  static final String COMPLETE = "complete";

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
        by);
  }
}
