package dev.countersign.server.http;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * How long what comes now waits for one of a listener's threads: as long as the last probe did that
 * was sent after all others, or has until now. It grows when more connect and ask than two
 * processors can decrypt, long before anything else is full.
 */
final class Lag {
  private final LongSupplier ticks;
  private volatile long sent;
  private volatile boolean onItsWay;
  private volatile long last;

  /**
   * @param ticks nanoseconds
   */
  Lag(LongSupplier ticks) {
    this.ticks = ticks;
  }

  /** To be called again and again; sends one probe at a time. */
  void probe(Executor threads) {
    if (onItsWay) {
      return;
    }
    sent = ticks.getAsLong();
    onItsWay = true;
    try {
      threads.execute(this::arrived);
    } catch (RejectedExecutionException e) {
      onItsWay = false; // the listener stops
    }
  }

  private void arrived() {
    last = ticks.getAsLong() - sent;
    onItsWay = false;
  }

  boolean isOver(Duration most) {
    long now = onItsWay ? Math.max(last, ticks.getAsLong() - sent) : last;
    return now > most.toNanos();
  }
}
