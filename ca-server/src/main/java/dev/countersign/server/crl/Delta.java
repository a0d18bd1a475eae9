package dev.countersign.server.crl;

import dev.countersign.server.revocation.Change;
import dev.countersign.server.revocation.Revoked;
import java.time.Instant;
import java.util.List;

/**
 * What has changed since a complete list, as a delta list says it (RFC 5280 5.2.4). Who has that
 * list or any later one has with this one the newest.
 *
 * @param revocations the number of the last change in it
 */
record Delta(CrlRow.Base base, long revocations, SortedEntries entries) {

  /**
   * How many changes it may have: one with more is no shorter than what it spares. It is then of a
   * later base, or there is none until there is one.
   */
  static final int MOST = 100_000;

  /** As old as the list itself. */
  static Delta since(CrlRow.Base base) {
    return new Delta(base, base.revocations(), SortedEntries.NONE);
  }

  /** Whether a delta list of this base can be reached from here. */
  boolean leadsTo(CrlRow.Base otherBase, long otherRevocations) {
    return base.equals(otherBase) && revocations <= otherRevocations;
  }

  /** With the changes up to this one; what has expired since has left the complete list too. */
  Delta followed(Revoked revoked, String issuer, long upTo, Instant expired) {
    Follower follower =
        new Follower(
            List.of(entries.without(expired.getEpochSecond())), change -> entry(change, expired));
    revoked.follow(issuer, revocations, upTo, follower::take);
    return new Delta(base, upTo, follower.finish().get(0));
  }

  /**
   * What was released is named also where it was not yet on hold in the base: it may have been in a
   * later list.
   */
  private EncodedEntry entry(Change change, Instant expired) {
    if (change.notAfter().isBefore(expired)) {
      return EncodedEntry.absent(change.serial());
    }
    long end = change.notAfter().getEpochSecond();
    return change
        .denial()
        .map(denial -> EncodedEntry.of(change.serial(), denial, end))
        .orElseGet(() -> EncodedEntry.removed(change.serial(), base.thisUpdate(), end));
  }
}
