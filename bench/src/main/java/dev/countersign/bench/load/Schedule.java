package dev.countersign.bench.load;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When requests are to be sent that come at a constant rate. Each time is given out once, to
 * whoever is free next; one that is given out late is still the time that a request was to be sent.
 */
final class Schedule {
  private final long begin;
  private final double nanosApart;
  private final long count;
  private final AtomicLong next = new AtomicLong();
  private final LongSupplier clock;
  private final LongConsumer sleep;

  /** Sends a request whose time began then. */
  interface Sending<T> {
    void send(T what, long since) throws IOException;
  }

  /**
   * @param begin of {@link System#nanoTime}
   */
  Schedule(long begin, double perSecond, double seconds) {
    this(begin, perSecond, seconds, System::nanoTime, LockSupport::parkNanos);
  }

  /**
   * @param sleep waits for about so many nanoseconds
   */
  Schedule(long begin, double perSecond, double seconds, LongSupplier clock, LongConsumer sleep) {
    if (!(perSecond > 0) || !(seconds > 0)) {
      throw new IllegalArgumentException("a rate of " + perSecond + " for " + seconds + " s");
    }
    this.begin = begin;
    this.nanosApart = 1e9 / perSecond;
    this.count = Math.max(1, (long) (perSecond * seconds));
    this.clock = clock;
    this.sleep = sleep;
  }

  /** Takes the next time, waits until then, sends; until none are left or nothing is to be sent. */
  <T> void follow(Supplier<@Nullable T> requests, Sending<T> sending) throws IOException {
    while (true) {
      long number = next.getAndIncrement();
      if (number >= count) {
        return;
      }
      T request = requests.get();
      if (request == null) {
        return;
      }
      long due = begin + (long) (number * nanosApart);
      for (long early = due - clock.getAsLong();
          early > 0 && !Thread.currentThread().isInterrupted();
          early = due - clock.getAsLong()) {
        sleep.accept(early);
      }
      sending.send(request, due);
    }
  }
}
