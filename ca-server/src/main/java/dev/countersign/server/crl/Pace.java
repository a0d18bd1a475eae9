package dev.countersign.server.crl;

import java.time.Instant;

/**
 * How soon a list may follow the last of its kind when something was revoked. To sign a list costs
 * as much as it is long, however little is new in it: so a long one is not made for each
 * revocation, but with what came meanwhile. Nobody depends on it alone: the shard and the delta
 * list are short.
 *
 * @param bytesPerSecond a list that is shorter follows at once
 */
record Pace(long bytesPerSecond) {
  /** Up to 200,000 entries at once; a million each 4 seconds, which is some 2 % of a core. */
  static final Pace USUAL = new Pace(10_000_000);

  boolean allowsNextOf(PublishedCrl last, Instant now) {
    Instant rested = last.thisUpdate().plusSeconds(last.length() / bytesPerSecond);
    // A clock that was set back must not keep it
    return !now.isBefore(rested) || now.isBefore(last.thisUpdate());
  }
}
