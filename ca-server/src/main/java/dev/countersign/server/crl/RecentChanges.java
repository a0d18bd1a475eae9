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

  /** Of a node that starts: so that it need not send all to everyone. */
  static RecentChanges before(long number) {
    long after = Math.max(0, number - MOST);
    return new RecentChanges(after, after, List.of());
  }

  /** With those up to another number. */
  RecentChanges followed(Revoked revoked, List<String> issuers, long upTo) {
    if (upTo - number > MOST) {
      return before(upTo).followed(revoked, issuers, upTo);
    }
    List<Change> all = new ArrayList<>(changes);
    issuers.forEach(issuer -> revoked.follow(issuer, number, upTo, all::add));
    all.sort(Comparator.comparingLong(Change::number));
    int over = Math.max(0, all.size() - MOST);
    long from = over == 0 ? after : all.get(over - 1).number();
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
