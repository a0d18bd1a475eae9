package dev.countersign.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
