package dev.countersign.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final long MILLISECOND = 1_000_000;

  /** Time passes when somebody sleeps or a request is answered, and else not. */
  private long now = 5_000_000_000L;

  private final long begin = now;

  Schedule schedule(double perSecond, double seconds) {
    return new Schedule(begin, perSecond, seconds, () -> now, nanos -> now += nanos);
  }

  /** Sends all to a server that takes this long for each; when each was sent, and for when. */
  private List<long[]> follow(Schedule schedule, long... milliseconds) throws IOException {
    List<long[]> sent = new ArrayList<>();
    AtomicInteger number = new AtomicInteger();
    schedule.follow(
        number::getAndIncrement,
        (request, since) -> {
          sent.add(new long[] {now - begin, since - begin});
          now += milliseconds[Math.min(request, milliseconds.length - 1)] * MILLISECOND;
        });
    return sent;
  }

  @Test
  void sends_at_a_constant_rate_while_answers_come_fast() throws IOException {
    List<long[]> sent = follow(schedule(100, 0.05), 1);

    assertThat(sent)
        .extracting(times -> times[0] / MILLISECOND)
        .containsExactly(0L, 10L, 20L, 30L, 40L);
  }

  @Test
  void what_waits_behind_a_server_that_stands_still_counts_from_when_it_was_to_be_sent()
      throws IOException {
    Latencies latencies = new Latencies();
    Schedule schedule = schedule(100, 1);
    AtomicInteger number = new AtomicInteger();
    // The first answer takes half a second, all others a millisecond.
    schedule.follow(
        number::getAndIncrement,
        (request, since) -> {
          now += (request == 0 ? 500 : 1) * MILLISECOND;
          latencies.add(now - since);
        });

    assertThat(latencies.count()).isEqualTo(100);
    // 500, 491, 482 … until what waited is worked off: the wait of all of them is counted, where
    // times from when each was sent would be 1 ms for all but one.
    assertThat(latencies.percentile(99)).isCloseTo(491, within(2.0));
    assertThat(latencies.percentile(75)).isCloseTo(275, within(10.0));
    assertThat(latencies.percentile(40)).isCloseTo(1, within(0.1));
  }

  @Test
  void requests_that_are_late_follow_at_once_until_none_waits() throws IOException {
    List<long[]> sent = follow(schedule(100, 0.08), 35, 1);

    assertThat(sent)
        .extracting(times -> times[0] / MILLISECOND)
        .containsExactly(0L, 35L, 36L, 37L, 40L, 50L, 60L, 70L);
    assertThat(sent)
        .extracting(times -> times[1] / MILLISECOND)
        .containsExactly(0L, 10L, 20L, 30L, 40L, 50L, 60L, 70L);
  }

  @Test
  void each_time_is_given_to_one_client_alone() throws IOException {
    Schedule schedule = schedule(10, 1);
    List<Long> due = new ArrayList<>();
    AtomicInteger number = new AtomicInteger();
    // In the middle of a request another client takes all that is left.
    schedule.follow(
        number::getAndIncrement,
        (request, since) -> {
          due.add(since);
          schedule.follow(number::getAndIncrement, (other, otherSince) -> due.add(otherSince));
        });

    assertThat(due).hasSize(10).doesNotHaveDuplicates();
  }

  @Test
  void ends_when_there_are_no_more_requests() throws IOException {
    List<Integer> sent = new ArrayList<>();
    AtomicInteger number = new AtomicInteger();
    schedule(100, 1)
        .follow(
            () -> number.get() == 3 ? null : number.getAndIncrement(),
            (request, since) -> sent.add(request));

    assertThat(sent).containsExactly(0, 1, 2);
  }

  @Test
  void refuses_a_rate_that_is_none() {
    assertThatThrownBy(() -> schedule(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> schedule(0, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
