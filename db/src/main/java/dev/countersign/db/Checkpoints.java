package dev.countersign.db;

import dev.countersign.db.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes an embedded database's file now and then, on a thread of its own, while groups go on to be
 * committed: when the journal has grown, after a while, and when nobody writes. Only then is the
 * journal's older file free to be used again.
 */
final class Checkpoints implements AutoCloseable {

  /** Times as long as it should be, and the writing is too slow: groups wait for it. */
  private static final int TOO_LONG = 8;

  private static final long REST = TimeUnit.SECONDS.toNanos(2);
  private static final long LATEST = TimeUnit.SECONDS.toNanos(60);
  private static final long LAST_REST = TimeUnit.SECONDS.toNanos(1);

  private final EmbeddedStore store;
  private final Compaction compaction;
  private final Journal journal;
  private final long most;
  private final FatalHandler halting;
  private final Breakage breakage;
  private final Thread thread;

  /** Held while a transaction has changed something, and while a state is chosen to be written. */
  private final ReentrantLock writing = new ReentrantLock(true);

  // Guarded by this
  private boolean closing;
  private boolean waitedFor;
  private long firstAt; // of what the file lacks; only if there is something
  private long lastAt;
  private boolean lacking;
  private boolean restless;
  private long length;

  /**
   * For one database.
   *
   * @param most bytes of the journal, before the file is written
   */
  Checkpoints(
      EmbeddedStore store, Journal journal, long most, FatalHandler halting, Breakage breakage) {
    this.store = store;
    this.compaction = store.compaction();
    this.journal = journal;
    this.most = most;
    this.halting = halting;
    this.breakage = breakage;
    this.thread = new Thread(this::work, "countersign-checkpoint");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Runs a group; no state is written that has half of it. */
  void whileNoneIsChosen(Runnable group) {
    writing.lock();
    try {
      group.run();
    } finally {
      writing.unlock();
    }
    noticeAndWait();
  }

  /** Returns when the changes of this group are on the disk; by {@link #whileNoneIsChosen}. */
  void append(long number, ByteBuffer changes) throws IOException {
    journal.append(number, changes);
    synchronized (this) {
      lastAt = System.nanoTime();
      if (!lacking) {
        lacking = true;
        firstAt = lastAt;
      }
      length = journal.length();
    }
  }

  private synchronized void noticeAndWait() {
    if (length >= most || !restless) {
      restless = true;
      notifyAll();
    }
    waitedFor = length >= TOO_LONG * most;
    while (waitedFor && !breakage.isBroken()) {
      try {
        wait(100);
      } catch (InterruptedException e) {
        return; // not ours; see GroupCommit
      }
    }
  }

  private void work() {
    try {
      while (awaitReason()) {
        if (breakage.isBroken()) {
          return;
        }
        write();
      }
    } catch (Throwable t) {
      halt(t);
    }
  }

  private void halt(Throwable cause) {
    if (!breakage.isBroken()) {
      halting.halt("The embedded database could not be written; nobody is answered.", cause);
    }
  }

  /** Whether there is a reason; if not, it is time to stop. */
  private synchronized boolean awaitReason() throws InterruptedException {
    while (!closing && !breakage.isBroken()) {
      long now = System.nanoTime();
      long rests = REST - (now - lastAt);
      long at = lacking ? Math.min(rests, LATEST - (now - firstAt)) : rests;
      if (length >= most || (restless && at <= 0)) {
        return true;
      }
      if (restless) {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(at, TimeUnit.MILLISECONDS.toNanos(1)));
      } else {
        wait();
      }
    }
    return false;
  }

  /** One state, and pages that are in the way of chunks to be given up. */
  private void write() throws IOException {
    boolean atRest;
    boolean more = true;
    synchronized (this) {
      atRest = System.nanoTime() - lastAt >= REST;
      if (lacking) {
        compaction.beginAgain();
      }
    }
    if (atRest) {
      more = compaction.atRest();
    } else {
      compaction.inUse();
    }
    writeState();
    synchronized (this) {
      restless = lacking || more;
    }
  }

  private void writeState() throws IOException {
    writing.lock();
    try {
      journal.turn();
      store.beginWriting();
      synchronized (this) {
        lacking = false;
        length = 0;
      }
    } finally {
      writing.unlock();
    }
    store.finishWriting();
    journal.release();
    synchronized (this) {
      waitedFor = false;
      notifyAll();
    }
  }

  /** When no group will follow: all that is in the journal is in the file, if none has failed. */
  @Override
  public void close() {
    boolean interrupted = false;
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (!breakage.isBroken()) {
      try {
        writeAll();
      } catch (IOException | RuntimeException e) {
        halt(e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll() throws IOException {
    long until = System.nanoTime() + LAST_REST;
    compaction.beginAgain();
    writeState();
    while (System.nanoTime() - until < 0 && compaction.atRest()) {
      writeState();
    }
  }
}
