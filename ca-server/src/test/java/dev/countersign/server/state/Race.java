package dev.countersign.server.state;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Acts that start at one moment, each on a thread of its own. */
final class Race {

  private Race() {}

  /** What each act gave, or threw, in the order of the acts. */
  static List<Object> of(List<Callable<?>> acts) {
    CyclicBarrier start = new CyclicBarrier(acts.size());
    ExecutorService threads = Executors.newFixedThreadPool(acts.size());
    try {
      List<Future<Object>> futures = new ArrayList<>();
      for (Callable<?> act : acts) {
        futures.add(
            threads.submit(
                () -> {
                  start.await();
                  return act.call();
                }));
      }
      List<Object> results = new ArrayList<>();
      for (Future<Object> future : futures) {
        try {
          results.add(future.get());
        } catch (ExecutionException e) {
          results.add(e.getCause());
        }
      }
      return results;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      threads.shutdown();
    }
  }

  static List<Object> of(Callable<?> one, Callable<?> other) {
    return of(List.of(one, other));
  }
}
