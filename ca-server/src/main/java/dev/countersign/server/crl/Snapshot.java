package dev.countersign.server.crl;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.revocation.Change;
import dev.countersign.server.revocation.Revoked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an issuer's lists say, exactly as of one change. Never changed; the next one shares with it
 * all that is the same.
 *
 * @param revocations the number of that change
 * @param expiredBefore what expired before this has left
 */
record Snapshot(String issuer, long revocations, Instant expiredBefore, SortedEntries entries) {

  /** Nothing is known yet. */
  static Snapshot before(String issuer, Instant expiredBefore) {
    return new Snapshot(issuer, 0, expiredBefore, SortedEntries.NONE);
  }

  /** With the changes up to this one, and without what has expired since. */
  Snapshot followed(Revoked revoked, long upTo, Instant expired) {
    Follower follower = new Follower(entries.without(expired.getEpochSecond()), expired);
    revoked.follow(issuer, revocations, upTo, follower::take);
    return new Snapshot(issuer, upTo, expired, follower.finish());
  }

  /** Whether the other one can be reached from here: nothing comes back that has left. */
  boolean leadsTo(long otherRevocations, Instant otherExpiredBefore) {
    return revocations <= otherRevocations && !expiredBefore.isAfter(otherExpiredBefore);
  }

  /** Gathers changes: each time that entries are rewritten costs as much as they are long. */
  private static final class Follower {
    private static final int FEWEST = 10_000;
    private static final int MOST = 100_000;

    private final Instant expired;
    private final Map<SerialNumber, EncodedEntry> gathered = new TreeMap<>();
    private SortedEntries entries;

    Follower(SortedEntries entries, Instant expired) {
      this.entries = entries;
      this.expired = expired;
    }

    void take(Change change) {
      boolean listed = change.denial().isPresent() && !change.notAfter().isBefore(expired);
      gathered.put(
          change.serial(),
          listed
              ? EncodedEntry.of(
                  change.serial(),
                  change.denial().orElseThrow(),
                  change.notAfter().getEpochSecond())
              : EncodedEntry.absent(change.serial()));
      if (gathered.size() >= Math.min(MOST, Math.max(FEWEST, entries.count() / 2))) {
        apply();
      }
    }

    SortedEntries finish() {
      apply();
      return entries;
    }

    private void apply() {
      List<EncodedEntry> sorted = new ArrayList<>(gathered.values());
      gathered.clear();
      entries = entries.with(sorted);
    }
  }
}
