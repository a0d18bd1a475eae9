package dev.countersign.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The real time, moved: TLS looks at the real one, so tests over TLS can go away from it only by
 * what they mean to.
 */
final class ShiftedClock implements InstantSource {
  private volatile Duration shift = Duration.ZERO;

  @Override
  public Instant instant() {
    return Clock.systemUTC().instant().plus(shift);
  }

  void shift(Duration by) {
    shift = by;
  }
}
