package dev.countersign.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final Deadlines deadlines = new Deadlines(Duration.ofHours(1));

  @Test
  void what_is_not_answered_in_time_ends_and_not_before() {
    CompletableFuture<String> late = new CompletableFuture<>();
    deadlines.watch(late);
    deadlines.look(System.nanoTime());
    assertThat(late).isNotDone();
    deadlines.look(System.nanoTime() + Duration.ofHours(1).toNanos());
    assertThat(late)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(TimeoutException.class);
    assertThat(deadlines.watched()).isZero();
  }

  @Test
  void what_was_answered_is_not_kept_behind_what_still_waits() {
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> second = new CompletableFuture<>();
    deadlines.watch(first);
    deadlines.watch(second);
    second.complete("answered");
    deadlines.look(System.nanoTime());
    assertThat(deadlines.watched()).isEqualTo(1);
    assertThat(first).isNotDone();
  }

  @Test
  void what_is_answered_at_once_is_not_watched() {
    deadlines.watch(CompletableFuture.completedFuture("answered"));
    assertThat(deadlines.watched()).isZero();
  }
}
