package dev.countersign.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the bodies of all open requests may take, on all listeners together. Whoever
 * opens many requests has proved nothing yet, and must not be able to fill the heap.
 */
public final class BodyBudget {
  private static final int SHARE_OF_HEAP = 8;
  // The buffer that grows by doubling, what is read from it, and the copy that a handler has
  private static final int COPIES = 4;

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param most in bytes
   */
  public BodyBudget(long most) {
    this.most = most;
  }

  public static BodyBudget ofHeap() {
    return new BodyBudget(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
  }

  /** False when that is too much, and nothing is taken. */
  boolean take(long bytes) {
    long wanted = COPIES * bytes;
    if (taken.addAndGet(wanted) > most) {
      taken.addAndGet(-wanted);
      return false;
    }
    return true;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-COPIES * bytes);
  }

  /** In bytes, now. */
  public long taken() {
    return taken.get();
  }
}
