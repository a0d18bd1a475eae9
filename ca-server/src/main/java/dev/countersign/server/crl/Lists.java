package dev.countersign.server.crl;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of an issuer's lists.
 *
 * @param number of the newest on record; 0 when there is none
 * @param snapshot what the next are made from
 * @param delta what the next delta list may be made from
 * @param parts the newest that could be made here, by {@link CrlRow#part}
 */
record Lists(
    long number, Snapshot snapshot, Optional<Delta> delta, Map<String, PublishedCrl> parts) {
  Lists {
    parts = Map.copyOf(parts);
  }

  static Lists none(String issuer, int shards) {
    return new Lists(0, Snapshot.before(issuer, shards, Instant.EPOCH), Optional.empty(), Map.of());
  }

  Optional<PublishedCrl> part(String name) {
    return Optional.ofNullable(parts.get(name));
  }

  /** Of all that was given out here, also when the database knows it no more. */
  long highestNumber() {
    return parts.values().stream().mapToLong(PublishedCrl::number).reduce(number, Math::max);
  }

  /** One of those that were made last, if they could be made here; they have their times alike. */
  Optional<CrlRow> newest() {
    return parts.values().stream()
        .map(PublishedCrl::row)
        .filter(row -> row.number() == number)
        .findAny();
  }

  /** When the first of them is over. */
  Instant firstOver() {
    return parts.values().stream()
        .map(PublishedCrl::nextUpdate)
        .min(Instant::compareTo)
        .orElse(Instant.MIN);
  }

  boolean isDivided() {
    return snapshot.shards().size() > 1;
  }
}
