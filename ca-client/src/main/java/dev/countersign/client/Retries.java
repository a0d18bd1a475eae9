package dev.countersign.client;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks again after an answer that says so (503, 429) or when no connection came about: a few times,
 * ever later and never all at once, as late as {@code Retry-After} wants, and not beyond the
 * patience for one answer. Only for what does no harm when it is done twice.
 */
final class Retries {
  private static final int MOST_ATTEMPTS = 4;
  private static final Duration FIRST_WAIT = Duration.ofMillis(400);

  /** Time as it passes: a test has its own. */
  interface Time {
    Time REAL =
        new Time() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void pass(Duration wait) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
          }
        };

    long nanos();

    void pass(Duration wait) throws InterruptedException;
  }

  private final Duration patience;
  private final SecureRandom random;
  private final Notices notices;
  private final Time time;

  Retries(Patience patience, SecureRandom random, Notices notices) {
    this(patience, random, notices, Time.REAL);
  }

  Retries(Patience patience, SecureRandom random, Notices notices, Time time) {
    this.patience = patience.connect().plus(patience.answer());
    this.random = random;
    this.notices = notices;
    this.time = time;
  }

  /** Only once: for who tries again itself. */
  static Retries none(SecureRandom random) {
    return new Retries(new Patience(Duration.ZERO, Duration.ZERO, 0), random, Notices.NONE);
  }

  <T> T of(Supplier<T> request) {
    long began = time.nanos();
    for (int attempt = 1; ; attempt++) {
      try {
        return request.get();
      } catch (UnavailableException e) {
        if (!e.asksToComeBack() || !waited(attempt, began, e.retryAfter())) {
          throw e;
        }
      } catch (NotConnectedException e) {
        if (!waited(attempt, began, Optional.empty())) {
          throw e;
        }
      }
    }
  }

  /** Whether it is time to ask again; false if it is time to give up. */
  private boolean waited(int attempt, long began, Optional<Duration> wanted) {
    Duration own = jittered(FIRST_WAIT.multipliedBy(1L << (attempt - 1)));
    Duration wait =
        wanted.map(w -> w.plus(own.dividedBy(2))).filter(w -> w.compareTo(own) > 0).orElse(own);
    Duration spent = Duration.ofNanos(time.nanos() - began);
    if (attempt == MOST_ATTEMPTS || spent.plus(wait).compareTo(patience) > 0) {
      return false;
    }
    notices.working("waiting to ask again");
    try {
      time.pass(wait);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Between half of it and all of it: those who were turned away together come back apart. */
  private Duration jittered(Duration full) {
    Duration half = full.dividedBy(2);
    return half.plusNanos((long) (half.toNanos() * random.nextDouble()));
  }
}
