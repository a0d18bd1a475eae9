package dev.countersign.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LongPollsTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final LongPolls polls = new LongPolls(Runnable::run);

  @Test
  void who_waits_is_woken_by_news() {
    CompletableFuture<Void> waiting = polls.await(LONG, () -> false);
    assertThat(waiting).isNotDone();
    assertThat(polls.waiting()).isEqualTo(1);
    polls.wake();
    assertThat(waiting).isCompleted();
    assertThat(polls.waiting()).isZero();
  }

  @Test
  void news_that_came_before_anybody_could_be_woken_is_not_waited_for() {
    CompletableFuture<Void> waiting =
        polls.await(
            LONG,
            () -> { // it comes now
              polls.wake();
              return true;
            });
    assertThat(waiting).isCompleted();
    assertThat(polls.waiting()).isZero();
    CompletableFuture<Void> late = polls.await(LONG, () -> true);
    assertThat(late).as("nobody wakes it any more").isCompleted();
    assertThat(polls.waiting()).isZero();
  }

  @Test
  void nobody_waits_at_a_server_that_stops() {
    CompletableFuture<Void> waiting = polls.await(LONG, () -> false);
    polls.stop();
    assertThat(waiting).isCompleted();
    assertThat(polls.await(LONG, () -> false)).isCompleted();
  }
}
