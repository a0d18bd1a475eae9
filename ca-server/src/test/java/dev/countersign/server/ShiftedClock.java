package dev.countersign.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;

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

  /** One that goes by this, also when it is shifted. */
  SteadyClock steady() {
    return new SteadyClock(this, this::nanoseconds, OptionalLong::empty);
  }

  private long nanoseconds() {
    return Duration.between(Instant.EPOCH, instant()).toNanos();
  }

  void shift(Duration by) {
    shift = by;
  }
}
