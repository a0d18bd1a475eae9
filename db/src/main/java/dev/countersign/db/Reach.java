package dev.countersign.db;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database can be reached. Once it has let somebody wait in vain nobody else is let
 * wait: all are refused at once, until a trial over a connection of its own has found it back.
 */
final class Reach implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reach.class);
  private static final int PAUSE_MILLIS = 250;

  private final Callable<?> trial;
  private final AtomicBoolean trying = new AtomicBoolean();
  private volatile boolean away;
  private final AtomicInteger returns = new AtomicInteger();
  private final ScheduledExecutorService desk;

  /**
   * @param trial throws when the database does not answer, within a short time
   */
  Reach(Callable<?> trial) {
    this.trial = trial;
    ScheduledThreadPoolExecutor threads =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "countersign-reach");
              thread.setDaemon(true);
              return thread;
            });
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.desk = threads;
  }

  boolean isAway() {
    return away;
  }

  void failIfAway() {
    if (away) {
      throw new DatabaseUnavailableException("The database does not answer.", null);
    }
  }

  /** How often it has come back: to be asked before, and told with what was found. */
  int returns() {
    return returns.get();
  }

  /** A connection broke, or did not come about: perhaps that one alone, so a trial decides. */
  void suspect() {
    if (!desk.isShutdown() && trying.compareAndSet(false, true)) {
      desk.execute(this::attempt);
    }
  }

  /**
   * Somebody waited in vain.
   *
   * @param since of the {@link #returns} when the waiting began: what was the matter before the
   *     last return is over
   */
  void silent(int since) {
    if (since == returns.get()) {
      goneAway("it was silent for too long");
      suspect();
    }
  }

  private void attempt() {
    boolean answers = false;
    try {
      askAgainIfCut();
      answers = true;
    } catch (Throwable t) { // an Error too: nobody else would ever try again
      goneAway(String.valueOf(t.getMessage()));
    } finally {
      if (!answers && !desk.isShutdown()) {
        desk.schedule(this::attempt, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
    if (answers) {
      returned();
    }
  }

  /** What made others suspicious may have happened to the trial's own connection too. */
  private void askAgainIfCut() throws Exception {
    try {
      trial.call();
    } catch (SQLException e) {
      if (!SqlFaults.isLostLink(e) || SqlFaults.isSilence(e)) {
        throw e;
      }
      trial.call();
    }
  }

  private void returned() {
    if (away) {
      LOG.info("The database answers again");
      returns.incrementAndGet();
    }
    // First: who says from here on that it is silent gets a trial, and is never left without one
    trying.set(false);
    away = false;
  }

  private void goneAway(String why) {
    if (!away) {
      LOG.warn("The database does not answer ({}); until it does, all are refused at once", why);
    }
    away = true;
  }

  @Override
  public void close() {
    desk.shutdown();
  }
}
