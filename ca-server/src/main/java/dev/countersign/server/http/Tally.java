package dev.countersign.server.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many of something each address has now, and no more of them than it may have. */
final class Tally {
  private final int most;
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();

  Tally(int most) {
    this.most = most;
  }

  /** Counts one more, and says whether that is still allowed; it is counted if not, too. */
  boolean add(String address) {
    return counts.merge(address, 1, Integer::sum) <= most;
  }

  void remove(String address) {
    counts.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
  }
}
