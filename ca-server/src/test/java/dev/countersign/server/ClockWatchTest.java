package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;

class ClockWatchTest {
  private final InstantSource real = InstantSource.system();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Duration behind = Duration.ZERO;
  private Duration uncounted = Duration.ZERO;
  private final SteadyClock clock =
      new SteadyClock(
          () -> real.instant().minus(behind),
          () -> System.nanoTime() - uncounted.toNanos(),
          OptionalLong::empty);

  /** As of a database server in the same machine, and of one that was stopped together with it. */
  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_leap_is_not_followed_that_the_database_servers_clock_has_made_too(TestDatabase test) {
    try (ClockWatch watch = new ClockWatch(clock, test.database(), meters)) {
      watch.round();
      assertThat(watch.complaint()).isEmpty();
      uncounted = Duration.ofHours(24);
      watch.round();
      watch.round();
      assertThat(watch.complaint().orElseThrow()).contains("has leapt by PT24H");
      assertThat(clock.instant()).isBefore(real.instant().minus(Duration.ofHours(23)));
    }
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_leap_is_followed_when_the_database_servers_clock_says_the_same(TestDatabase test) {
    try (ClockWatch watch = new ClockWatch(clock, test.database(), meters)) {
      behind = Duration.ofHours(1);
      watch.round();
      assertThat(watch.complaint().orElseThrow()).contains("has leapt by PT-1H");
      watch.round();
      assertThat(meters.get("countersign.clock.leaps").counter().count()).isEqualTo(1);
      assertThat(meters.get("countersign.clock.leap").gauge().value()).isBetween(-3601.0, -3599.0);

      clock.follow(); // what it goes by is an hour behind now, and the machine's is set right
      watch.round();
      assertThat(watch.complaint()).isEmpty();
      behind = Duration.ZERO;
      assertThat(watch.complaint().orElseThrow()).contains("has leapt by PT1H");
      watch.round();
      assertThat(watch.complaint()).isEmpty();
      assertThat(SteadyClock.areNear(clock.instant(), real.instant())).isTrue();
    }
  }

  @OnEveryEngine(Dialect.H2)
  void an_embedded_database_has_no_clock_of_its_own_to_ask(TestDatabase test) {
    try (ClockWatch watch = new ClockWatch(clock, test.database(), meters)) {
      behind = Duration.ofHours(1);
      clock.follow();
      behind = Duration.ZERO;
      watch.round();
      assertThat(watch.complaint()).isPresent();
    }
  }
}
