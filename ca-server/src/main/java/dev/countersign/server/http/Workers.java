package dev.countersign.server.http;

import dev.countersign.server.refusal.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;

/**
 * Threads for work that waits for the database, so that the few threads that read and write sockets
 * never do. Bounded: what does not fit is refused and may be asked again.
 */
public final class Workers implements Executor, AutoCloseable {
  private final ThreadPoolExecutor pool;

  public Workers(int threads, int queue) {
    AtomicInteger number = new AtomicInteger();
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

  @Override
  public void execute(Runnable task) {
    Map<String, String> context = MDC.getCopyOfContextMap();
    try {
      pool.execute(
          () -> {
            if (context != null) {
              MDC.setContextMap(context);
            }
            try {
              task.run();
            } finally {
              MDC.clear();
            }
          });
    } catch (RejectedExecutionException e) {
      throw Refusal.until(
          Refusal.Kind.UNAVAILABLE,
          Duration.ofSeconds(1),
          "The server has more to do than it can take; ask again in a moment.");
    }
  }

  public int waiting() {
    return pool.getQueue().size();
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
