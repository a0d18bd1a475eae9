package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  private Instant machine = NOON;
  private long ticks = 77;
  private OptionalLong sinceBoot = OptionalLong.of(1);
  private final SteadyClock clock = new SteadyClock(() -> machine, () -> ticks, () -> sinceBoot);

  /** All three say that time has gone by. */
  private void pass(Duration time) {
    machine = machine.plus(time);
    ticks += time.toNanos();
    sleep(time);
  }

  private void sleep(Duration time) {
    if (sinceBoot.isPresent()) {
      sinceBoot = OptionalLong.of(sinceBoot.getAsLong() + time.toNanos());
    }
  }

  @Test
  void goes_by_the_machines_clock_and_its_small_steps() {
    pass(Duration.ofDays(1));
    assertThat(clock.instant()).isEqualTo(machine);
    for (int i = 0; i < 100; i++) { // together more than a leap
      machine = machine.plusSeconds(i % 2 == 0 ? 299 : -200);
      assertThat(clock.instant()).isEqualTo(machine);
      pass(Duration.ofSeconds(2));
      assertThat(clock.instant()).isEqualTo(machine);
    }
    assertThat(clock.leap()).isZero();
  }

  @Test
  void counts_on_through_a_leap_until_the_machines_clock_is_near_again() {
    for (Duration leap :
        new Duration[] {
          Duration.ofHours(1), Duration.ofHours(-1), Duration.ofDays(1), Duration.ofDays(-1)
        }) {
      Instant before = clock.instant();
      machine = machine.plus(leap);
      assertThat(clock.instant()).as("%s", leap).isEqualTo(before);
      pass(Duration.ofMinutes(10));
      assertThat(clock.instant()).isEqualTo(before.plus(Duration.ofMinutes(10)));
      assertThat(clock.leap()).isEqualTo(leap);
      assertThat(clock.followSleep()).isFalse();
      machine = machine.minus(leap).plusSeconds(1);
      assertThat(clock.instant()).isEqualTo(before.plus(Duration.ofMinutes(10)).plusSeconds(1));
      assertThat(clock.leap()).isZero();
    }
  }

  @Test
  void follows_when_it_is_told_that_the_leap_was_right() {
    machine = machine.plus(Duration.ofHours(1));
    clock.follow();
    assertThat(clock.instant()).isEqualTo(machine);
    assertThat(clock.leap()).isZero();
  }

  @Test
  void follows_when_the_machine_has_slept_for_as_long() {
    pass(Duration.ofHours(1));
    assertThat(clock.followSleep()).isFalse();
    machine = machine.plus(Duration.ofHours(8));
    assertThat(clock.followSleep()).as("nobody slept").isFalse();
    sleep(Duration.ofHours(8));
    assertThat(clock.followSleep()).isTrue();
    assertThat(clock.instant()).isEqualTo(machine);
    machine = machine.plus(Duration.ofHours(8));
    sleep(Duration.ofHours(1));
    assertThat(clock.followSleep()).as("not for as long").isFalse();
  }

  @Test
  void a_reading_from_before_a_leap_that_was_followed_meanwhile_does_not_undo_that() {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    SteadyClock read =
        new SteadyClock(
            () -> {
              Instant now = machine;
              meanwhile.getAndSet(() -> {}).run();
              return now;
            },
            () -> ticks,
            OptionalLong::empty);
    pass(Duration.ofSeconds(2));
    meanwhile.set(
        () -> {
          machine = machine.plus(Duration.ofHours(1));
          read.follow();
        });
    read.instant();
    assertThat(read.leap()).isZero();
  }

  @Test
  void where_nobody_knows_of_sleep_none_is_followed() {
    sinceBoot = OptionalLong.empty();
    SteadyClock other = new SteadyClock(() -> machine, () -> ticks, () -> sinceBoot);
    machine = machine.plus(Duration.ofHours(8));
    assertThat(other.followSleep()).isFalse();
    assertThat(other.leap()).isEqualTo(Duration.ofHours(8));
  }

  @Test
  void a_process_that_stands_still_between_two_readings_reads_again() {
    Duration standing = Duration.ofHours(1);
    int[] readings = {0};
    SteadyClock other =
        new SteadyClock(
            () -> {
              if (readings[0]++ == 1) { // the first is that of the beginning
                pass(standing);
              }
              return machine;
            },
            () -> ticks,
            () -> sinceBoot);
    assertThat(other.instant()).isEqualTo(NOON.plus(standing));
    assertThat(other.leap()).isZero();
  }

  @Test
  void linux_says_for_how_long_it_is_up() {
    OptionalLong first = new Uptime().nanoseconds();
    if (first.isPresent()) {
      assertThat(new Uptime().nanoseconds().orElseThrow())
          .isGreaterThanOrEqualTo(first.getAsLong());
    }
  }
}
