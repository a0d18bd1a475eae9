package dev.countersign.server.config;

import java.time.Duration;

/**
 * What one caller, and all of them together, may take.
 *
 * @param connections open at once on the HTTPS listener, and as many on the plain one
 * @param connectionsPerAddress open at once from one IP address
 * @param idle silence after which a connection is closed; also the time for a request's head
 * @param perAddress enrolments, renewals, issuances and signed revocations asked for by one IP
 *     address, and counted apart, OCSP requests
 * @param perIdentity the same, by one identity
 */
public record LimitsConfig(
    int connections,
    int connectionsPerAddress,
    Duration idle,
    RateConfig perAddress,
    RateConfig perIdentity) {

  /**
   * A token bucket.
   *
   * @param perSecond refilled evenly; 0 switches the limit off
   * @param burst how many may come at once after a quiet time
   */
  public record RateConfig(int perSecond, int burst) {
    public RateConfig {
      Members.check(perSecond >= 0 && perSecond <= 1_000_000, "perSecond must be 0 to 1000000");
      Members.check(perSecond == 0 || burst >= 1, "burst must be 1 or more");
    }
  }

  public static final LimitsConfig DEFAULT =
      new LimitsConfig(
          4096, 1024, Duration.ofSeconds(30), new RateConfig(200, 2000), new RateConfig(200, 2000));

  public LimitsConfig {
    connections = connections == 0 ? 4096 : connections;
    connectionsPerAddress = connectionsPerAddress == 0 ? 1024 : connectionsPerAddress;
    idle = Members.orElse(idle, Duration.ofSeconds(30));
    perAddress = Members.orElse(perAddress, new RateConfig(200, 2000));
    perIdentity = Members.orElse(perIdentity, new RateConfig(200, 2000));
    Members.check(connections > 0 && connectionsPerAddress > 0, "limits must be greater than 0");
    Members.check(
        !idle.isNegative() && idle.compareTo(Duration.ofSeconds(1)) >= 0,
        "limits.idle must be PT1S or longer");
  }
}
