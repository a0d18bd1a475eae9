package dev.countersign.client.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * From when on what is known of denials is too old to go by in silence.
 *
 * @param limit against the authority's own, signed time
 */
record Staleness(Duration limit, StalePolicy policy) {
  static final Staleness USUAL = new Staleness(Duration.ofHours(24), StalePolicy.WARN);

  boolean isStale(Denials denials, Instant now) {
    return denials.asOf().map(asOf -> now.isAfter(asOf.plus(limit))).orElse(true);
  }

  /** In words, as the end of a sentence. */
  String said(Denials denials) {
    Optional<Instant> asOf = denials.asOf();
    return asOf.map(time -> "what is known of denials is as of " + time)
            .orElse("nothing is known of denials")
        + ", and older than "
        + limit
        + " it is not to be";
  }
}
