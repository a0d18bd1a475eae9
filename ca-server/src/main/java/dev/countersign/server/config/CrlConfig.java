package dev.countersign.server.config;

import java.time.Duration;

/**
 * When revocation lists are made.
 *
 * @param interval a new one at least this often, besides the one at each revocation
 * @param life from thisUpdate to nextUpdate; longer than the interval, so that an outage is
 *     survived
 * @param shards how many lists the revocations of an issuing CA are divided into: of one that is
 *     made from now on, certificates name theirs
 * @param largestInAnswers in bytes: a larger list does not come along with a certificate, its
 *     address does
 */
public record CrlConfig(
    Duration interval, Duration life, Integer shards, Integer largestInAnswers) {
  private static final int USUAL_SHARDS = 1; // only the complete list
  private static final int MOST_SHARDS = 1024;
  private static final int USUAL_IN_ANSWERS = 256 * 1024; // some 6,000 revoked certificates
  public static final CrlConfig DEFAULT =
      new CrlConfig(Duration.ofHours(1), Duration.ofHours(24), USUAL_SHARDS, USUAL_IN_ANSWERS);

  public CrlConfig {
    interval = Members.orElse(interval, Duration.ofHours(1));
    life = Members.orElse(life, Duration.ofHours(24));
    shards = Members.orElse(shards, USUAL_SHARDS);
    largestInAnswers = Members.orElse(largestInAnswers, USUAL_IN_ANSWERS);
    Members.check(largestInAnswers >= 0, "crl.largestInAnswers must be 0 or more bytes");
    Members.check(shards >= 1 && shards <= MOST_SHARDS, "crl.shards must be 1 to " + MOST_SHARDS);
    Members.check(
        interval.compareTo(Duration.ofSeconds(10)) >= 0, "crl.interval must be PT10S or longer");
    Members.check(life.compareTo(interval) > 0, "crl.life must be longer than crl.interval");
  }
}
