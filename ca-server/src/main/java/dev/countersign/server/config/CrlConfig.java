package dev.countersign.server.config;

import java.time.Duration;

/**
 * When revocation lists are made.
 *
 * @param interval a new one at least this often, besides the one at each revocation
 * @param life from thisUpdate to nextUpdate; longer than the interval, so that an outage is
 *     survived
 */
public record CrlConfig(Duration interval, Duration life) {
  public static final CrlConfig DEFAULT = new CrlConfig(Duration.ofHours(1), Duration.ofHours(24));

  public CrlConfig {
    interval = Members.orElse(interval, Duration.ofHours(1));
    life = Members.orElse(life, Duration.ofHours(24));
    Members.check(
        interval.compareTo(Duration.ofSeconds(10)) >= 0, "crl.interval must be PT10S or longer");
    Members.check(life.compareTo(interval) > 0, "crl.life must be longer than crl.interval");
  }
}
