package dev.countersign.server.feed;

import dev.countersign.server.http.LongPolls;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes those who wait for denials, at once, and again after a rest: however much is denied, all
 * are not answered more often than that. On threads of its own: so many answers at a time would
 * leave no place in the queue that everybody else's work goes through.
 */
public final class News implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(News.class);
  private static final Duration REST = Duration.ofMillis(200);
  private static final int THREADS = 2;

  private final ScheduledThreadPoolExecutor desk =
      new ScheduledThreadPoolExecutor(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "countersign-feed");
            thread.setDaemon(true);
            return thread;
          });
  private final LongPolls polls = new LongPolls(desk);
  private final AtomicBoolean called = new AtomicBoolean();
  private final AtomicBoolean busy = new AtomicBoolean();

  /** Those who wait. */
  public LongPolls polls() {
    return polls;
  }

  /** There is something new. */
  public void announce() {
    called.set(true);
    wake();
  }

  private void wake() {
    if (called.get() && !desk.isShutdown() && busy.compareAndSet(false, true)) {
      called.set(false);
      polls.wake();
      desk.schedule(this::rested, REST.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void rested() {
    busy.set(false);
    wake();
  }

  @Override
  public void close() {
    polls.stop();
    desk.shutdown();
    try {
      if (!desk.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("Denials were still being told when the server stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
