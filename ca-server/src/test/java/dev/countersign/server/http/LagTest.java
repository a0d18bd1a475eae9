package dev.countersign.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LagTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Deque<Runnable> queue = new ArrayDeque<>();
  private long ticks = 5;
  private final Lag lag = new Lag(() -> ticks);

  private void pass(Duration time) {
    ticks += time.toNanos();
  }

  @Test
  void is_as_long_as_the_last_probe_waited_or_has_until_now() {
    assertThat(lag.isOver(Duration.ZERO)).isFalse();
    lag.probe(queue::add);
    pass(SECOND);
    assertThat(lag.isOver(SECOND)).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(lag.isOver(SECOND)).as("still waits").isTrue();
    lag.probe(queue::add);
    assertThat(queue).as("one at a time").hasSize(1);
    queue.remove().run();
    assertThat(lag.isOver(SECOND)).as("has waited").isTrue();
    lag.probe(queue::add);
    queue.remove().run();
    assertThat(lag.isOver(SECOND)).isFalse();
  }

  @Test
  void a_listener_that_stops_takes_no_probes() {
    lag.probe(
        task -> {
          throw new RejectedExecutionException();
        });
    pass(SECOND.multipliedBy(2));
    assertThat(lag.isOver(SECOND)).isFalse();
  }
}
