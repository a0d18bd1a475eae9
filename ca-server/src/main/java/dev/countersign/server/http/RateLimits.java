package dev.countersign.server.http;

import dev.countersign.server.refusal.Refusal;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often one address, and one identity, may ask for a signature. Kept by this node alone and in
 * bounded memory: who has not asked for longest is forgotten first, and starts again with a full
 * bucket.
 */
public final class RateLimits {

  /** {@code perSecond} 0 means no limit. */
  public record Rate(int perSecond, int burst) {}

  private static final int REMEMBERED = 20_000;

  private final Buckets addresses;
  private final Buckets identities;

  public RateLimits(Rate perAddress, Rate perIdentity, InstantSource clock) {
    this.addresses = new Buckets(perAddress, clock);
    this.identities = new Buckets(perIdentity, clock);
  }

  /**
   * Counts a request of an address.
   *
   * @throws Refusal when this address has asked too often
   */
  public void address(String remoteAddress) {
    addresses.take(addressKey(remoteAddress), "this address");
  }

  /**
   * Counts a request of an identity.
   *
   * @throws Refusal when this identity has asked too often
   */
  public void identity(String name) {
    identities.take(name, "this identity");
  }

  /** One IPv6 host has a whole /64 to choose addresses from (RFC 4291 2.5.4). */
  static String addressKey(String remoteAddress) {
    if (remoteAddress.indexOf(':') < 0) {
      return remoteAddress;
    }
    int zone = remoteAddress.indexOf('%');
    try {
      byte[] address =
          InetAddress.getByName(zone < 0 ? remoteAddress : remoteAddress.substring(0, zone))
              .getAddress();
      return address.length == 16
          ? HexFormat.of().formatHex(Arrays.copyOf(address, 8))
          : remoteAddress;
    } catch (UnknownHostException e) {
      return remoteAddress;
    }
  }

  private static final class Buckets {
    private final Rate rate;
    private final TimeMeter meter;
    private final Map<String, Bucket> buckets =
        new LinkedHashMap<>(64, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > REMEMBERED;
          }
        };

    Buckets(Rate rate, InstantSource clock) {
      this.rate = rate;
      this.meter = new ClockMeter(clock);
    }

    void take(String key, String whose) {
      if (rate.perSecond() == 0) {
        return;
      }
      ConsumptionProbe probe = bucket(key).tryConsumeAndReturnRemaining(1);
      if (!probe.isConsumed()) {
        throw Refusal.until(
            Refusal.Kind.RATE_LIMITED,
            Duration.ofNanos(probe.getNanosToWaitForRefill()),
            "Too many requests from " + whose + "; wait as long as Retry-After says.");
      }
    }

    private Bucket bucket(String key) {
      synchronized (buckets) {
        return Optional.ofNullable(buckets.get(key))
            .orElseGet(
                () -> {
                  Bucket fresh =
                      Bucket.builder()
                          .withCustomTimePrecision(meter)
                          .addLimit(
                              limit ->
                                  limit
                                      .capacity(rate.burst())
                                      .refillGreedy(rate.perSecond(), Duration.ofSeconds(1)))
                          .build();
                  buckets.put(key, fresh);
                  return fresh;
                });
      }
    }
  }

  private record ClockMeter(InstantSource clock) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      Instant now = clock.instant();
      return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }
}
