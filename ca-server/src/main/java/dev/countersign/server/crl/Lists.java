package dev.countersign.server.crl;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of an issuer's lists.
 *
 * @param number of the newest on record; 0 when there is none
 * @param snapshot what the next is made from
 * @param complete the newest that could be made here
 */
record Lists(long number, Snapshot snapshot, Optional<PublishedCrl> complete) {

  static Lists none(String issuer, long number, Instant expiredBefore) {
    return new Lists(number, Snapshot.before(issuer, expiredBefore), Optional.empty());
  }

  /** The newest, if it could be made here. */
  Optional<CrlRow> newest() {
    return complete.map(PublishedCrl::row).filter(row -> row.number() == number);
  }
}
