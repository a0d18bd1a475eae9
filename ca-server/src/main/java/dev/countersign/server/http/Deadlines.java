package dev.countersign.server.http;

import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;

/**
 * Ends what is not answered in time, when it is looked at. A timer for each, as {@link
 * CompletableFuture#orTimeout} sets one, would cost every request more than it is worth.
 */
final class Deadlines {
  /** How late an end may be. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private record Waiting(CompletableFuture<?> future, long until) {}

  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final long time;

  Deadlines(Duration time) {
    this.time = time.toNanos();
  }

  /** Fails the future with a {@link TimeoutException} after its time is over. */
  void watch(CompletableFuture<?> future) {
    if (!future.isDone()) {
      waiting.add(new Waiting(future, System.nanoTime() + time));
    }
  }

  void look() {
    look(System.nanoTime());
  }

  void look(long now) {
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      Waiting one = all.next();
      if (one.future().isDone()) {
        all.remove();
      } else if (now - one.until() >= 0) {
        all.remove();
        one.future().completeExceptionally(new TimeoutException());
      }
    }
  }

  int watched() {
    return waiting.size();
  }
}
