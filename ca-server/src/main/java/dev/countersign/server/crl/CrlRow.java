package dev.countersign.server.crl;

import java.time.Instant;

/**
 * A CRL as it is on record: all but its entries, which follow from the changes up to one of them.
 * Times are in whole seconds.
 *
 * @param revocations the number of the last change that it knows of
 * @param expiredBefore it has no certificate that expired before this
 * @param scheduledAt when the last list was made because it was time for one; this one's time if it
 *     is that
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
    byte[] signature) {

  /** All that an issuer has revoked. */
  static final String COMPLETE = "complete";

  CrlDraft.Heading heading() {
    return new CrlDraft.Heading(number, thisUpdate, nextUpdate);
  }
}
