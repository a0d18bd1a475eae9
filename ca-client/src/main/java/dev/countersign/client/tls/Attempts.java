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
  private Instant set = Instant.MIN; // when next was
  private Duration wait = FIRST_WAIT;
  private boolean failing;

  Attempts(RandomGenerator random) {
    this.random = random;
  }

  /** Also when the clock was ahead as the time was chosen: that may never come. */
  boolean isTime(Instant now) {
    return !now.isBefore(next) || now.isBefore(set);
  }

  /** There is a reason now; what has failed waits for its turn all the same. */
  void noLaterThan(Instant time) {
    if (!failing && time.isBefore(next)) {
      next = time;
    }
  }

  void succeeded(Instant now, Instant nextTime) {
    rests(now, nextTime);
    wait = FIRST_WAIT;
    failing = false;
  }

  /** What becomes of it is not known yet. */
  void rests(Instant now, Instant nextTime) {
    set = now;
    next = nextTime;
  }

  /**
   * @param wanted how long the other side wants to be left alone; not longer than the longest wait,
   *     after which it can say so again
   */
  void failed(Instant now, Duration wanted) {
    Duration own = between(wait.dividedBy(2), wait);
    Duration theirs = wanted.compareTo(LONGEST_WAIT) < 0 ? wanted : LONGEST_WAIT;
    failing = true;
    rests(now, now.plus(theirs.compareTo(own) > 0 ? theirs : own));
    wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
  }

  private Duration between(Duration least, Duration most) {
    return least.plusNanos((long) (most.minus(least).toNanos() * random.nextDouble()));
  }
}
