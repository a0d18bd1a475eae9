package dev.countersign.db;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that tell those who waited for a commit what came of it: never the committing thread,
 * since what hangs on an answer may do anything, waiting for another write included. A group is
 * dealt out to a few of them, because waking one for each answer costs more than many answers do.
 */
final class Answering {
  private static final int THREADS =
      Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

  private final ExecutorService threads;

  Answering() {
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "countersign-answer-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  void answer(List<Pending<?>> group) {
    List<Pending<?>> others = new ArrayList<>(group.size());
    for (Pending<?> pending : group) {
      if (pending.isWaitedFor()) {
        pending.answer();
      } else {
        others.add(pending);
      }
    }
    int size = others.size();
    int shares = Math.min(THREADS, size);
    for (int i = 0; i < shares; i++) {
      List<Pending<?>> share = others.subList(i * size / shares, (i + 1) * size / shares);
      threads.execute(() -> share.forEach(Pending::answer));
    }
  }

  /** Finishes what was handed over. */
  void close() throws InterruptedException {
    threads.shutdown();
    threads.awaitTermination(10, TimeUnit.SECONDS);
  }
}
