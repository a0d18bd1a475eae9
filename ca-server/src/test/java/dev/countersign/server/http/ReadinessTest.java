package dev.countersign.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void a_check_that_hangs_is_named_and_nobody_waits_for_it() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    Map<String, Supplier<Optional<String>>> checks = new LinkedHashMap<>();
    checks.put("first", Optional::empty);
    checks.put("hangs", () -> awaited(hanging));
    try (Readiness readiness = new Readiness(checks, SHORT)) {
      for (int i = 0; i < 3; i++) { // also those who come while it hangs
        Readiness.State state = state(readiness);
        assertThat(state.ready()).isFalse();
        assertThat(state.checks())
            .containsEntry("first", "ok")
            .containsEntry("hangs", "no answer within PT0.05S");
      }
      hanging.countDown();
      await().atMost(LONG).until(() -> state(readiness).ready());
      readiness.stopping();
      assertThat(state(readiness).ready()).isFalse();
    }
  }

  @Test
  void a_check_that_ends_in_an_error_does_not_end_all_others() throws Exception {
    AtomicBoolean broken = new AtomicBoolean(true);
    Supplier<Optional<String>> check =
        () -> {
          if (broken.get()) {
            throw new NoClassDefFoundError("as when a jar was replaced");
          }
          return Optional.empty();
        };
    try (Readiness readiness = new Readiness(Map.of("broken", check), LONG)) {
      assertThat(state(readiness).checks()).containsEntry("broken", "failed; see the log");
      broken.set(false);
      assertThat(state(readiness).ready()).isTrue();
    }
  }

  private static Readiness.State state(Readiness readiness) throws Exception {
    return readiness.state().get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  private static Optional<String> awaited(CountDownLatch latch) {
    try {
      return latch.await(LONG.toSeconds(), TimeUnit.SECONDS)
          ? Optional.empty()
          : Optional.of("nobody let it go");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
