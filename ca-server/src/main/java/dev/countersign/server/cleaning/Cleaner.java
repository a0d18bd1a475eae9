package dev.countersign.server.cleaning;

import dev.countersign.db.Database;
import dev.countersign.server.lease.Lease;
import dev.countersign.server.ledger.ClockStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes, each hour, what nobody needs any more: a few rows in a write, and then others have their
 * turn. Of several nodes over a database one does it; when that dies, the next one that looks goes
 * on.
 */
public final class Cleaner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Duration ROUND = Duration.ofHours(1);
  private static final Duration PAUSE = Duration.ofMillis(100);
  // Some milliseconds of the one who writes, for whom all others wait
  private static final int MOST_IN_A_WRITE = 200;
  private static final Duration MOST_AHEAD = Duration.ofDays(1);

  private final Database database;
  private final Lease lease;
  private final List<Chore> chores;
  private final InstantSource clock;
  private final Removals removals;
  private final Runnable pause;
  private volatile boolean closing;
  private final ScheduledExecutorService desk =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "countersign-cleaning");
            thread.setDaemon(true);
            return thread;
          });

  /** Is told what was removed. */
  @FunctionalInterface
  public interface Removals {
    void count(String what, int removed);
  }

  public Cleaner(
      Database database, Lease lease, Chores chores, InstantSource clock, Removals removals) {
    this(database, lease, chores, clock, removals, () -> LockSupport.parkNanos(PAUSE.toNanos()));
  }

  Cleaner(
      Database database,
      Lease lease,
      Chores chores,
      InstantSource clock,
      Removals removals,
      Runnable pause) {
    this.database = database;
    this.lease = lease;
    this.chores = chores.list();
    this.clock = clock;
    this.removals = removals;
    this.pause = pause;
  }

  public void start() {
    desk.scheduleWithFixedDelay(
        this::round, SOON.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      clean();
    } catch (RuntimeException e) {
      LOG.warn("What is old could not be removed; it is tried again in an hour", e);
    }
  }

  /** Removes all that is old enough, unless another node is at it. */
  public void clean() {
    Optional<Instant> now = now();
    for (Chore chore : chores) {
      now.ifPresent(time -> clean(chore, time));
    }
  }

  private void clean(Chore chore, Instant now) {
    long removed = 0;
    boolean more = true;
    while (more && !closing && lease.take()) {
      Chore.Batch batch =
          database.writeAndWait(handle -> chore.remove(handle, now, MOST_IN_A_WRITE));
      removals.count(chore.what(), batch.removed());
      removed += batch.removed();
      more = batch.more();
      if (more) {
        pause.run();
      }
    }
    if (removed > 0) {
      LOG.info("Removed {} {} that nobody needs any more", removed, chore.what());
    }
  }

  /**
   * Not long after the newest event that was not of cleaning: a clock that jumped ahead makes
   * nothing old. Nothing is old where nothing has happened.
   */
  private Optional<Instant> now() {
    Instant told = clock.instant();
    return new ClockStore(database)
        .newestEventBut(Chores.EVENTS)
        .map(newest -> newest.plus(MOST_AHEAD))
        .map(latest -> latest.isBefore(told) ? latest : told);
  }

  @Override
  public void close() {
    closing = true;
    desk.shutdown(); // not interrupted: the embedded database does not survive that
    try {
      if (!desk.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("What is old was still being removed when the server stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
