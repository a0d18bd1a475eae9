package dev.countersign.client.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** When to try something next: after a failure ever later, and never all at once. */
final class Attempts {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final RandomGenerator random;
  private Instant next = Instant.MIN;
  private Duration wait = FIRST_WAIT;
  private boolean failing;

  Attempts(RandomGenerator random) {
    this.random = random;
  }

  boolean isTime(Instant now) {
    return !now.isBefore(next);
  }

  /** There is a reason now; what has failed waits for its turn all the same. */
  void noLaterThan(Instant time) {
    if (!failing && time.isBefore(next)) {
      next = time;
    }
  }

  void succeeded(Instant nextTime) {
    next = nextTime;
    wait = FIRST_WAIT;
    failing = false;
  }

  /**
   * @param wanted how long the other side wants to be left alone
   */
  void failed(Instant now, Duration wanted) {
    Duration own = between(wait.dividedBy(2), wait);
    failing = true;
    next = now.plus(wanted.compareTo(own) > 0 ? wanted : own);
    wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
  }

  private Duration between(Duration least, Duration most) {
    return least.plusNanos((long) (most.minus(least).toNanos() * random.nextDouble()));
  }
}
