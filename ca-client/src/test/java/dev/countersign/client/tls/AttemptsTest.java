package dev.countersign.client.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttemptsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private final Attempts attempts = new Attempts(new Random(1));

  @Test
  void what_was_put_off_while_the_clock_was_ahead_is_done_when_it_is_right() {
    attempts.succeeded(NOW.plus(DAY), NOW.plus(DAY).plusSeconds(60));
    assertThat(attempts.isTime(NOW.plus(DAY))).isFalse();
    assertThat(attempts.isTime(NOW)).isTrue();
    attempts.failed(NOW.plus(DAY), Duration.ZERO);
    assertThat(attempts.isTime(NOW)).isTrue();
  }

  @Test
  void nobody_can_ask_to_be_left_alone_for_longer_than_an_hour() {
    attempts.failed(NOW, DAY);
    assertThat(attempts.isTime(NOW.plus(Duration.ofMinutes(59)))).isFalse();
    assertThat(attempts.isTime(NOW.plus(Duration.ofMinutes(61)))).isTrue();
  }

  @Test
  void resting_forgets_no_failure() {
    attempts.failed(NOW, Duration.ZERO);
    attempts.failed(NOW, Duration.ZERO);
    attempts.rests(NOW, NOW);
    attempts.failed(NOW, Duration.ZERO);
    assertThat(attempts.isTime(NOW.plusSeconds(59))).isFalse(); // of at least half of two minutes
  }
}
