package dev.countersign.server.crl;

import dev.countersign.server.revocation.Change;
import dev.countersign.server.revocation.Revoked;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The last changes of all authorities, for those who know what was before. Never changed: the next
 * one is another object.
 *
 * @param after the number from which on they are all here
 * @param number the number up to which
 * @param changes in their order
 */
record RecentChanges(long after, long number, List<Change> changes) {
  /** Who was away for longer fetches all that is denied. */
  static final int MOST = 20_000;

  static final RecentChanges NONE = new RecentChanges(0, 0, List.of());

  RecentChanges {
    changes = List.copyOf(changes);
  }

  /**
   * With those up to another number. A node that starts begins with none, and reads the last ones,
   * so that it need not send all to everyone.
   */
  RecentChanges followed(Revoked revoked, List<String> issuers, long upTo) {
    long begin = revoked.beginOfLast(number, upTo, MOST);
    boolean goesOn = begin == number;
    List<Change> all = new ArrayList<>(goesOn ? changes : List.of());
    issuers.forEach(issuer -> revoked.follow(issuer, begin, upTo, all::add));
    all.sort(Comparator.comparingLong(Change::number));
    int over = Math.max(0, all.size() - MOST);
    long from = over > 0 ? all.get(over - 1).number() : goesOn ? after : begin;
    return new RecentChanges(from, upTo, all.subList(over, all.size()));
  }

  /** Those after one of that number; empty when that was too long ago. */
  Optional<List<Change>> since(long known) {
    if (known < after) {
      return Optional.empty();
    }
    int from = 0;
    int to = changes.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (changes.get(middle).number() > known) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return Optional.of(changes.subList(from, changes.size()));
  }
}
