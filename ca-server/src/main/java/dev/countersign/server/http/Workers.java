package dev.countersign.server.http;

import dev.countersign.server.refusal.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * Threads for work that waits for the database, so that the few threads that read and write sockets
 * never do. Bounded in number, and requests in time: what does not fit is refused and may be asked
 * again, because an answer that comes when nobody waits for it any more is work for nothing.
 */
public final class Workers implements Executor, AutoCloseable {
  // Who comes while somebody has waited this long would wait as long: more come than are served
  private static final Duration STANDING = Duration.ofMillis(500);
  // Who came in a crowd that nobody had to wait in front of
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final ThreadPoolExecutor pool;
  private final LongSupplier ticks;
  private final LongAdder refused = new LongAdder();

  private record Task(Runnable work, long since) implements Runnable {
    @Override
    public void run() {
      work.run();
    }
  }

  public Workers(int threads, int queue) {
    this(threads, queue, System::nanoTime);
  }

  /**
   * With a time of a test's.
   *
   * @param ticks nanoseconds
   */
  Workers(int threads, int queue, LongSupplier ticks) {
    AtomicInteger number = new AtomicInteger();
    this.ticks = ticks;
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(queue),
            task -> {
              Thread thread = new Thread(task, "worker-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /** What belongs to a request that was let in before; only the room in the queue limits it. */
  @Override
  public void execute(Runnable task) {
    Map<String, String> context = MDC.getCopyOfContextMap();
    Runnable work =
        () -> {
          if (context != null) {
            MDC.setContextMap(context);
          }
          try {
            task.run();
          } finally {
            MDC.clear();
          }
        };
    try {
      pool.execute(new Task(work, ticks.getAsLong()));
    } catch (RejectedExecutionException e) {
      throw busy();
    }
  }

  /**
   * A request. Refused at once while others have waited for long, and later when it has waited too
   * long itself.
   *
   * @return fails with what {@code work} throws, or with a {@link Refusal}; nothing was done then
   */
  <T> CompletableFuture<T> request(Supplier<T> work) {
    long since = ticks.getAsLong();
    if (pool.getQueue().peek() instanceof Task oldest && hasWaited(oldest.since(), STANDING)) {
      return CompletableFuture.failedFuture(busy());
    }
    try {
      return CompletableFuture.supplyAsync(() -> inTime(since, work), this);
    } catch (Refusal full) {
      return CompletableFuture.failedFuture(full);
    }
  }

  private <T> T inTime(long since, Supplier<T> work) {
    if (hasWaited(since, LONGEST)) {
      throw busy();
    }
    return work.get();
  }

  private boolean hasWaited(long since, Duration time) {
    return ticks.getAsLong() - since >= time.toNanos();
  }

  private Refusal busy() {
    refused.increment();
    return Refusal.until(
        Refusal.Kind.UNAVAILABLE,
        RETRY_AFTER,
        "The server has more to do than it can take; ask again in a moment.");
  }

  public int waiting() {
    return pool.getQueue().size();
  }

  /** How many were, since the start. */
  public long refused() {
    return refused.sum();
  }

  /** Finishes what was accepted, for at most {@code limit}. */
  public void finish(Duration limit) throws InterruptedException {
    pool.shutdown();
    pool.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
