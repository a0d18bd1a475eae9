package dev.countersign.db;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that takes what waits, runs it in one transaction, flushes once and then answers all.
 * Units are first run one after the other, those of one {@link SetWriter} as one; only when one of
 * them fails is the transaction undone and run again with a savepoint before each, because
 * savepoints cost two round trips a unit.
 */
final class GroupCommit {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  static final int MOST_WAITING = 4096;
  private static final int MOST_TOGETHER = 256;
  private static final int MOST_COLLISIONS = 20;
  private static final int COLLISIONS_TOGETHER = 3;
  // Together longer than a server that stands still keeps its rows (WritingLink)
  private static final int MOST_WAITS = 3;
  private static final int MOST_RECONNECTIONS = 3;
  private static final int TRIAL_AFTER_MILLIS = 250;
  private static final String NO_WRITES = "The database takes no writes now; nothing was written.";

  private final WritingLink link;
  private final GroupRun run;
  private final FatalHandler fatal;
  private final Breakage breakage;
  private final Answering answering;
  private final Reach reach;
  private final BlockingQueue<Pending<?>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Pending<?> stop = new Pending<>(handle -> 0, true);
  private final Thread thread;
  private final Object admission = new Object();
  private boolean closing; // guarded by admission
  private volatile boolean away; // a group has waited in vain, and no trial has succeeded since
  private @Nullable Journaling journaling; // of the committing thread, from the start on

  GroupCommit(
      WritingLink link,
      Dialect dialect,
      FatalHandler fatal,
      Breakage breakage,
      Answering answering,
      Reach reach) {
    this.link = link;
    this.run = new GroupRun(link, dialect, this::halt);
    this.fatal = fatal;
    this.breakage = breakage;
    this.answering = answering;
    this.reach = reach;
    // Nobody interrupts this thread: an interrupt in mid-write closes H2's file under everyone.
    this.thread = new Thread(this::work, "countersign-commit");
    thread.setDaemon(true);
  }

  /** Before the start, for the embedded database. */
  void journaling(Journaling with) {
    journaling = with;
    run.journaling(with);
  }

  void start() {
    thread.start();
  }

  void submit(Pending<?> pending) {
    synchronized (admission) {
      if (closing) {
        throw new DatabaseUnavailableException(
            "The server is stopping; nothing was written.", null);
      }
      breakage.failIfBroken();
      failIfAway();
      if (!waiting.offer(pending)) {
        throw new DatabaseBusyException(MOST_WAITING);
      }
    }
  }

  void failIfAway() {
    if (away) {
      throw new DatabaseUnavailableException(NO_WRITES, null);
    }
    reach.failIfAway();
  }

  /** Takes no more, commits what was taken, and lets go of the connection. */
  void close() {
    synchronized (admission) {
      closing = true;
    }
    boolean interrupted = false;
    boolean told = false;
    while (thread.isAlive()) {
      try {
        told = told || waiting.offer(stop, 100, TimeUnit.MILLISECONDS);
        thread.join(100);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    link.close();
  }

  private void work() {
    List<Pending<?>> group = new ArrayList<>();
    boolean stopping = false;
    while (!stopping && !breakage.isBroken()) {
      group.clear();
      if (away) {
        stopping = refuse(group);
        continue;
      }
      try {
        group.add(waiting.take());
      } catch (InterruptedException e) {
        continue; // not ours; see the constructor
      }
      waiting.drainTo(group, MOST_TOGETHER - 1);
      stopping = group.remove(stop); // the last that was admitted
      if (!group.isEmpty()) {
        orHalt(() -> runWhole(() -> commit(group)));
      }
    }
  }

  private void runWhole(Runnable group) {
    Journaling with = journaling;
    if (with == null) {
      group.run();
    } else {
      with.run(group);
    }
  }

  private void refuseFromNowOn() {
    LOG.warn(
        "The database takes no writes; until it does, they are refused at once", run.lastFault());
    away = true;
    reach.suspect();
  }

  /**
   * Lets nobody wait, and tries.
   *
   * @return whether it is time to stop
   */
  private boolean refuse(List<Pending<?>> group) {
    waiting.drainTo(group); // who came before it was known
    boolean stopping = group.remove(stop);
    nothingWritten(group, NO_WRITES);
    if (!stopping) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TRIAL_AFTER_MILLIS));
      away = !link.canWrite();
      if (!away) {
        LOG.info("The database takes writes again");
      }
    }
    return stopping;
  }

  private void orHalt(Runnable work) {
    try {
      work.run();
    } catch (Throwable t) { // our own fault, or no memory: nobody knows what would be committed
      halt("The committing thread failed; nobody was answered.", t);
    }
  }

  private void commit(List<Pending<?>> group) {
    boolean apart = false;
    int collisions = 0;
    int waits = 0;
    int reconnections = 0;
    while (true) {
      switch (run.attempt(group, apart)) {
        case DONE -> {
          answering.answer(group);
          return;
        }
        case ONE_FAILED -> {
          if (group.size() == 1) {
            answering.answer(group);
            return;
          }
          apart = true;
        }
        case LOCKED -> {
          if (++waits > MOST_WAITS) {
            answerAll(group, DatabaseBusyException::locked);
            return;
          }
          apart = true;
        }
        case LAST_FAILED -> {
          if (group.size() == 1) {
            answering.answer(group);
          } else {
            group.forEach(one -> commit(List.of(one)));
          }
          return;
        }
        case COLLIDED -> {
          collisions++;
          if (collisions > COLLISIONS_TOGETHER && group.size() > 1) {
            group.forEach(one -> commit(List.of(one)));
            return;
          }
          if (collisions > MOST_COLLISIONS) {
            nothingWritten(
                group, "Other servers kept changing the same rows; nothing was written.");
            return;
          }
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(collisions));
        }
        case LINK_LOST -> {
          if (SqlFaults.isSilence(run.lastFault()) || ++reconnections > MOST_RECONNECTIONS) {
            refuseFromNowOn();
            nothingWritten(group, "The database cannot be reached; nothing was written.");
            return;
          }
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20L * reconnections));
        }
        case UNKNOWN -> {
          if (SqlFaults.isSilence(run.lastFault())) {
            refuseFromNowOn();
          }
          answerAll(group, DatabaseUnavailableException::atCommit);
          return;
        }
        case HALTED -> {
          return;
        }
      }
    }
  }

  private void nothingWritten(List<Pending<?>> group, String sentence) {
    answerAll(group, cause -> new DatabaseUnavailableException(sentence, cause));
  }

  private void answerAll(
      List<Pending<?>> group,
      Function<@Nullable SQLException, ? extends DatabaseException> failure) {
    for (Pending<?> pending : group) {
      pending.failed(failure.apply(run.lastFault()));
    }
    answering.answer(group);
  }

  void halt(String reason, Throwable cause) {
    breakage.broken();
    fatal.halt(reason, cause);
  }
}
