package dev.countersign.server.crl;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.revocation.Change;
import dev.countersign.server.revocation.Revoked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an issuer's lists say, exactly as of one change. Never changed; the next one shares with it
 * all that is the same, so that a shard is the same object as long as nothing in it is different.
 *
 * @param revocations the number of that change
 * @param expiredBefore what expired before this has left
 * @param shards the entries, by shard
 */
record Snapshot(
    String issuer, long revocations, Instant expiredBefore, List<SortedEntries> shards) {
  Snapshot {
    shards = List.copyOf(shards);
  }

  /** Nothing is known yet. */
  static Snapshot before(String issuer, int shards, Instant expiredBefore) {
    return new Snapshot(issuer, 0, expiredBefore, Collections.nCopies(shards, SortedEntries.NONE));
  }

  CrlShards division() {
    return new CrlShards(shards.size());
  }

  /** With the changes up to this one, and without what has expired since. */
  Snapshot followed(Revoked revoked, long upTo, Instant expired) {
    List<SortedEntries> live =
        shards.stream().map(shard -> shard.without(expired.getEpochSecond())).toList();
    Follower follower = new Follower(live, expired);
    revoked.follow(issuer, revocations, upTo, follower::take);
    return new Snapshot(issuer, upTo, expired, follower.finish());
  }

  /** Why and since when this one is listed. */
  Optional<Denial> denial(SerialNumber serial) {
    return shards.get(division().of(serial)).find(EncodedEntry.content(serial));
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
    private final CrlShards division;
    private final Map<SerialNumber, EncodedEntry> gathered = new TreeMap<>();
    private final List<SortedEntries> shards;
    private int enough = FEWEST;

    Follower(List<SortedEntries> shards, Instant expired) {
      this.shards = new ArrayList<>(shards);
      this.division = new CrlShards(shards.size());
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
      if (gathered.size() >= enough) {
        apply();
      }
    }

    List<SortedEntries> finish() {
      apply();
      return shards;
    }

    private void apply() {
      Map<Integer, List<EncodedEntry>> byShard = new TreeMap<>();
      gathered.forEach(
          (serial, entry) ->
              byShard.computeIfAbsent(division.of(serial), shard -> new ArrayList<>()).add(entry));
      byShard.forEach((shard, entries) -> shards.set(shard, shards.get(shard).with(entries)));
      gathered.clear();
      int known = shards.stream().mapToInt(SortedEntries::count).sum();
      enough = Math.min(MOST, Math.max(FEWEST, known / 2));
    }
  }
}
