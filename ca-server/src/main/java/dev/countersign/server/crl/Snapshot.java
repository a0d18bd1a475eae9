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
import java.util.Optional;

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
    Follower follower = new Follower(live, change -> entry(change, expired));
    revoked.follow(issuer, revocations, upTo, follower::take);
    return new Snapshot(issuer, upTo, expired, follower.finish());
  }

  private static EncodedEntry entry(Change change, Instant expired) {
    return change.denial().isPresent() && !change.notAfter().isBefore(expired)
        ? EncodedEntry.of(
            change.serial(), change.denial().orElseThrow(), change.notAfter().getEpochSecond())
        : EncodedEntry.absent(change.serial());
  }

  /** Why and since when this one is listed. */
  Optional<Denial> denial(SerialNumber serial) {
    return shards.get(division().of(serial)).find(EncodedEntry.content(serial));
  }

  /** The next ones in the order of their serials. */
  List<DeniedSerial> after(SerialNumber serial, int most) {
    List<DeniedSerial> next = new ArrayList<>();
    byte[] content = EncodedEntry.content(serial);
    for (int shard = division().of(serial); shard < shards.size(); shard++) {
      shards.get(shard).addAfter(content, next, most);
    }
    return next;
  }

  /** Whether the other one can be reached from here: nothing comes back that has left. */
  boolean leadsTo(long otherRevocations, Instant otherExpiredBefore) {
    return revocations <= otherRevocations && !expiredBefore.isAfter(otherExpiredBefore);
  }
}
