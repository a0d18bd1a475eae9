package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HearingTest {
  private static final Answers.Unaware ONE =
      new Answers.Unaware(
          "0a",
          "orders",
          Instant.EPOCH,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private final List<Map<String, String>> asked = new ArrayList<>();
  private long nanos;
  private final Retries.Time time =
      new Retries.Time() {
        @Override
        public long nanos() {
          return nanos;
        }

        @Override
        public void pass(Duration wait) {
          nanos += wait.toNanos();
        }
      };

  private List<Answers.Unaware> wait(int answersUntilHeard, Duration longest) {
    return new Hearing(
            filter -> {
              asked.add(filter);
              return asked.size() > answersUntilHeard ? List.of() : List.of(ONE);
            },
            time)
        .of(57, longest);
  }

  @Test
  void asks_until_all_who_are_connected_have_heard() {
    assertThat(wait(3, Duration.ofSeconds(30))).isEmpty();
    assertThat(asked).hasSize(4);
    assertThat(asked.get(0)).containsEntry("below", "57").containsEntry("connected", "true");
    assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void says_who_has_not_when_the_time_is_over_and_not_later() {
    assertThat(wait(Integer.MAX_VALUE, Duration.ofSeconds(30))).containsExactly(ONE);
    assertThat(Duration.ofNanos(nanos)).isEqualTo(Duration.ofSeconds(30));
    assertThat(asked).as("not in a circle").hasSizeBetween(10, 30);
  }
}
