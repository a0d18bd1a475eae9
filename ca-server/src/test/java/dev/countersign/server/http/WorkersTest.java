package dev.countersign.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.countersign.server.refusal.Refusal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private final AtomicLong ticks = new AtomicLong();
  private final Workers workers = new Workers(1, 3, ticks::get);
  private final CompletableFuture<String> busy = new CompletableFuture<>();

  @AfterEach
  void close() {
    busy.complete("");
    workers.close();
  }

  private void pass(Duration time) {
    ticks.addAndGet(time.toNanos());
  }

  /** The one thread that there is. */
  private CompletableFuture<String> occupied() {
    CompletableFuture<String> first = workers.request(busy::join);
    await().atMost(Duration.ofSeconds(60)).until(() -> workers.waiting() == 0);
    return first;
  }

  private static <T> T got(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static void isRefused(CompletableFuture<?> future) {
    assertThatThrownBy(() -> got(future))
        .cause()
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.kind()).isEqualTo(Refusal.Kind.UNAVAILABLE);
              assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1));
            });
  }

  @Test
  void who_comes_while_others_have_waited_for_long_is_refused_at_once() throws Exception {
    CompletableFuture<String> first = occupied();
    CompletableFuture<String> second = workers.request(() -> "second");
    pass(Duration.ofMillis(499));
    CompletableFuture<String> third = workers.request(() -> "third");
    pass(Duration.ofMillis(1));
    isRefused(workers.request(() -> "fourth"));
    CompletableFuture<Void> within = CompletableFuture.runAsync(() -> {}, workers);

    busy.complete("first");
    assertThat(got(first)).isEqualTo("first");
    assertThat(got(second)).isEqualTo("second");
    assertThat(got(third)).isEqualTo("third");
    got(within); // what was let in is finished
    assertThat(workers.refused()).isEqualTo(1);
    assertThat(got(workers.request(() -> "fifth"))).isEqualTo("fifth");
  }

  @Test
  void who_has_waited_too_long_in_a_crowd_is_refused_when_its_turn_comes() throws Exception {
    CompletableFuture<String> first = occupied();
    CompletableFuture<String> second = workers.request(() -> "second");
    CompletableFuture<Void> within = CompletableFuture.runAsync(() -> {}, workers);
    pass(Duration.ofSeconds(2));
    busy.complete("first");
    assertThat(got(first)).isEqualTo("first");
    isRefused(second);
    got(within);
  }

  @Test
  void more_than_there_is_room_for_are_refused() {
    occupied();
    for (int i = 0; i < 3; i++) {
      workers.request(() -> "waits");
    }
    isRefused(workers.request(() -> "too many"));
  }
}
