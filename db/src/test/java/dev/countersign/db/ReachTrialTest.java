package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ReachTrialTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void a_trial_that_fails_with_an_error_is_made_again() {
    AtomicInteger trials = new AtomicInteger();
    try (Reach reach =
        new Reach(
            () -> {
              if (trials.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("of the driver");
              }
              return true;
            })) {
      reach.suspect();
      untilBack(reach, 2, trials);
    }
  }

  @Test
  void what_is_found_silent_while_a_trial_ends_is_tried_again() {
    AtomicInteger trials = new AtomicInteger();
    try (Reach reach = new Reach(trials::incrementAndGet)) {
      for (int i = 0; i < 2000; i++) {
        reach.silent(reach.returns()); // at every moment of the trial before
      }
      untilBack(reach, 1, trials);
    }
  }

  private static void untilBack(Reach reach, int least, AtomicInteger trials) {
    Instant end = Instant.now().plus(LONG);
    while (reach.isAway() || trials.get() < least) {
      assertThat(Instant.now()).as("%s trials", trials).isBefore(end);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }
}
