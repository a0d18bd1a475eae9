package dev.countersign.agent;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * When to try something again: after a failure ever later, and never all at once. By a clock that
 * only runs forward, so that nothing waits for a wall clock that was set back.
 */
final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  private Duration wait;
  private long since;
  private Duration pause = Duration.ZERO;

  Backoff(Duration first, Duration longest, LongSupplier nanos, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.nanos = nanos;
    this.random = random;
    this.wait = first;
    this.since = nanos.getAsLong();
  }

  /** How long it is until then; nothing if it is time. */
  Duration left() {
    Duration left = pause.minusNanos(nanos.getAsLong() - since);
    return left.isNegative() ? Duration.ZERO : left;
  }

  boolean isTime() {
    return left().isZero();
  }

  /** At once, and after a failure soon. */
  void reset() {
    restFor(Duration.ZERO);
  }

  /** Not for so long; then soon after a failure. */
  void restFor(Duration rest) {
    since = nanos.getAsLong();
    pause = rest;
    wait = first;
  }

  /**
   * @param least how long the other side wants to be left alone
   */
  void failed(Duration least) {
    since = nanos.getAsLong();
    Duration half = wait.dividedBy(2);
    Duration own = half.plusNanos((long) (half.toNanos() * random.nextDouble()));
    Duration theirs = least.compareTo(longest) < 0 ? least : longest;
    pause = theirs.compareTo(own) > 0 ? theirs : own;
    Duration twice = wait.multipliedBy(2);
    wait = twice.compareTo(longest) < 0 ? twice : longest;
  }
}
