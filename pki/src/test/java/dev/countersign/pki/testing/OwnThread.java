package dev.countersign.pki.testing;

import java.util.concurrent.CompletableFuture;

/**
 * Runs what waits for others. On the threads that all share, of which a machine with two cores has
 * one, others might wait for it in turn.
 */
public final class OwnThread {
  private OwnThread() {}

  public static CompletableFuture<Void> run(Runnable work) {
    return CompletableFuture.runAsync(work, OwnThread::start);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "test");
    thread.setDaemon(true);
    thread.start();
  }
}
