package dev.countersign.server.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the bodies of all open requests of one listener may take, and those of one
 * address. Whoever opens many requests has proved nothing yet, and must neither be able to fill the
 * heap nor to keep others from being heard.
 */
public final class BodyBudget {
  private static final int SHARE_OF_ADDRESS = 8;
  // The buffer that grows by doubling, what is read from it, and the copy that a handler has
  private static final int COPIES = 4;

  private final long most;
  private final AtomicLong taken = new AtomicLong();
  private final Map<String, Long> perAddress = new ConcurrentHashMap<>();

  /**
   * @param most in bytes
   */
  public BodyBudget(long most) {
    this.most = most;
  }

  /**
   * @param part one of how many equal parts of the heap
   */
  public static BodyBudget ofHeap(int part) {
    return new BodyBudget(Runtime.getRuntime().maxMemory() / part);
  }

  /** False when that is too much, and nothing is taken. */
  boolean take(String address, long bytes) {
    long wanted = COPIES * bytes;
    // First the address: what one asks for in vain must not be in the way of the others
    if (perAddress.merge(address, wanted, Long::sum) > most / SHARE_OF_ADDRESS) {
      release(address, wanted);
      return false;
    }
    if (taken.addAndGet(wanted) > most) {
      giveBack(address, bytes);
      return false;
    }
    return true;
  }

  void giveBack(String address, long bytes) {
    long released = COPIES * bytes;
    taken.addAndGet(-released);
    release(address, released);
  }

  private void release(String address, long released) {
    perAddress.computeIfPresent(
        address, (key, held) -> held > released ? Long.valueOf(held - released) : null);
  }

  /** In bytes, now. */
  public long taken() {
    return taken.get();
  }
}
