package dev.countersign.server.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Callers that wait for news. They hold memory, not threads, and there is a most of them. */
@SuppressWarnings("CollectionUndefinedEquality") // each future is equal to itself alone
public final class LongPolls {
  private static final int MOST = 10_000;

  private final Set<CompletableFuture<Void>> waiting = ConcurrentHashMap.newKeySet();
  private final Executor workers;
  private volatile boolean stopping;

  public LongPolls(Executor workers) {
    this.workers = workers;
  }

  /**
   * Completes when there is news, the time is over, or the server stops; at once when full.
   *
   * @param isThere whether what is waited for has come by now: asked again after this one is among
   *     those who wait, since news that came before did not wake it
   */
  public CompletableFuture<Void> await(Duration time, BooleanSupplier isThere) {
    if (stopping || waiting.size() >= MOST || time.isZero()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> news = new CompletableFuture<>();
    waiting.add(news);
    CompletableFuture<Void> over =
        news.completeOnTimeout(null, time.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((nothing, failure) -> waiting.remove(news));
    if (stopping || isThere.getAsBoolean()) {
      news.complete(null);
    }
    // Off the one thread that all timeouts share
    return over.thenRunAsync(() -> {}, workers);
  }

  public int waiting() {
    return waiting.size();
  }

  /** There is news: everyone looks again. */
  public void wake() {
    waiting.forEach(news -> news.complete(null));
  }

  /** Answers everyone and lets nobody wait again. */
  public void stop() {
    stopping = true;
    wake();
  }
}
