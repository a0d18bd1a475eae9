package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.server.ledger.ClockStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks each second whether the machine's clock has leapt, and asks others whether that was right:
 * the kernel, which knows for how long the machine slept, and the clock of the database server, if
 * that went on evenly: one that has leapt too may be the same clock, and says nothing.
 */
final class ClockWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
  private static final Duration ROUND = Duration.ofSeconds(1);

  private final SteadyClock clock;
  private final Database database;
  private final Counter leaps;
  private boolean told; // of the leap that there is
  // How far the database server's clock was ahead while the machine's was gone by
  private Optional<Duration> ahead = Optional.empty();
  private final ScheduledExecutorService desk =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "countersign-clock");
            thread.setDaemon(true);
            return thread;
          });

  ClockWatch(SteadyClock clock, Database database, MeterRegistry meters) {
    this.clock = clock;
    this.database = database;
    this.leaps =
        Counter.builder("countersign.clock.leaps")
            .description("How often the machine's clock has leapt")
            .register(meters);
    Gauge.builder("countersign.clock.leap", clock, it -> it.leap().toMillis() / 1000.0)
        .description("How far the machine's clock is ahead of the one that is gone by")
        .baseUnit("seconds")
        .register(meters);
  }

  void start() {
    desk.scheduleWithFixedDelay(
        this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  void round() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.debug("Nobody says whether the machine's clock is right", e);
    }
  }

  private void look() {
    if (clock.followSleep()) {
      LOG.info("The machine has slept, and its clock is followed");
    }
    Duration leap = clock.leap();
    if (leap.isZero()) {
      if (told) {
        LOG.info("The machine's clock is near again what is gone by, and is followed");
      }
      told = false;
      ahead = databases().map(this::ahead).or(() -> ahead);
      return;
    }
    if (!told) {
      leaps.increment();
      LOG.warn("Alarm: {}", complaint().orElse("the machine's clock has leapt"));
      told = true;
    }
    followDatabase(leap);
  }

  /** An embedded one goes by this machine's. */
  private Optional<Instant> databases() {
    return database.dialect().writesOneByOne()
        ? Optional.empty()
        : Optional.of(new ClockStore(database).databases());
  }

  private Duration ahead(Instant theirs) {
    return Duration.between(clock.instant(), theirs);
  }

  private void followDatabase(Duration leap) {
    boolean confirmed =
        databases()
            .filter(theirs -> SteadyClock.areNear(theirs, clock.machines()))
            .filter(theirs -> ahead.filter(it -> isEven(it, ahead(theirs))).isPresent())
            .isPresent();
    if (confirmed) {
      clock.follow();
      told = false;
      LOG.warn(
          "The machine's clock has leapt by {} and is followed: the database server's says the same",
          leap);
    }
  }

  private static boolean isEven(Duration before, Duration now) {
    return now.minus(before).abs().compareTo(SteadyClock.TOLERANCE) <= 0;
  }

  /** What is wrong with the machine's clock now, and what to do. */
  Optional<String> complaint() {
    Duration leap = clock.leap();
    if (leap.isZero()) {
      return Optional.empty();
    }
    return Optional.of(
        "the machine's clock has leapt by "
            + Duration.ofSeconds(Math.round(leap.toMillis() / 1000.0))
            + " and says "
            + clock.machines().truncatedTo(ChronoUnit.SECONDS)
            + "; the server counts on from before, "
            + clock.instant().truncatedTo(ChronoUnit.SECONDS)
            + ": set the clock right, or if it is right now, start the server again");
  }

  @Override
  public void close() {
    desk.shutdown();
    try {
      if (!desk.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("A clock was still being asked for when the server stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
