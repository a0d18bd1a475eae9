package dev.countersign.server.crl;

import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.revocation.Revoked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes an issuer's lists: the next ones, and those that another node has signed. What is in a
 * list follows from its row and the changes that it covers, whoever writes it.
 */
final class CrlMaker {
  private final Revoked revoked;
  private final Places places;

  CrlMaker(Revoked revoked, Places places) {
    this.revoked = revoked;
    this.places = places;
  }

  /** Lists that are signed, and not yet on record. */
  record Edition(List<CrlRow> rows, Lists lists) {}

  Lists none(String issuer) {
    return Lists.none(issuer, places.shards(issuer).count());
  }

  /**
   * The complete list, and of the shards those in which something has changed, or all when it is
   * time for them: nothing else lets certificates leave that have expired.
   *
   * @param heading of the complete list, not signed
   * @param all because it is time
   */
  Edition next(Authority authority, CrlRow heading, Lists last, boolean all) {
    SigningKey key = key(authority);
    Snapshot known = last.snapshot();
    boolean leads = known.leadsTo(heading.revocations(), heading.expiredBefore());
    Snapshot from = leads ? known : nothing(authority, heading.expiredBefore());
    Snapshot snapshot = from.followed(revoked, heading.revocations(), heading.expiredBefore());
    List<String> parts = new ArrayList<>(List.of(CrlRow.COMPLETE));
    if (snapshot.shards().size() > 1) {
      for (int shard = 0; shard < snapshot.shards().size(); shard++) {
        String part = CrlRow.shard(shard);
        if (all || differs(known, snapshot, shard) || last.part(part).isEmpty()) {
          parts.add(part);
        }
      }
    }
    Optional<Delta> delta = delta(heading, leads ? last.delta() : Optional.empty());
    if (delta.isPresent()) {
      parts.add(CrlRow.DELTA);
    }
    List<PublicationUrls> locations = places.locations(heading.location());
    List<CrlRow> rows = new ArrayList<>();
    Map<String, PublishedCrl> lists = new HashMap<>(last.parts());
    lists.remove(CrlRow.DELTA); // of another base, if there is none of this one
    for (String part : parts) {
      CrlRow row = heading.of(part);
      CrlDraft draft = draft(authority, row, snapshot, delta, locations);
      CrlRow signed = row.signed(draft.sign(key));
      rows.add(signed);
      lists.put(part, new PublishedCrl(signed, draft.signed(signed.signature())));
    }
    return new Edition(rows, new Lists(heading.number(), snapshot, delta, lists));
  }

  /** What the delta list of a row says, from what is known already if that leads there. */
  private Optional<Delta> delta(CrlRow row, Optional<Delta> known) {
    return row.base()
        .map(
            base ->
                known
                    .filter(last -> last.leadsTo(base, row.revocations()))
                    .orElseGet(() -> Delta.since(base))
                    .followed(revoked, row.issuer(), row.revocations(), row.expiredBefore()));
  }

  @SuppressWarnings("ReferenceEquality") // what nothing has changed in is the same object
  private static boolean differs(Snapshot known, Snapshot next, int shard) {
    return known.shards().get(shard) != next.shards().get(shard);
  }

  /**
   * The lists of these rows, from what is known already if that leads there.
   *
   * @return empty when a signature is of something else
   */
  Optional<Lists> rewritten(Authority authority, List<CrlRow> rows, Lists last) {
    CrlRow newest = rows.stream().filter(CrlRow::isComplete).findFirst().orElseThrow();
    if (last.snapshot().leadsTo(newest.revocations(), newest.expiredBefore())) {
      Optional<Lists> found =
          rewritten(authority, newest, rows, last.snapshot(), last.delta(), last.parts());
      if (found.isPresent()) {
        return found;
      }
    }
    Snapshot nothing = nothing(authority, newest.expiredBefore());
    return rewritten(authority, newest, rows, nothing, Optional.empty(), Map.of());
  }

  private Optional<Lists> rewritten(
      Authority authority,
      CrlRow newest,
      List<CrlRow> rows,
      Snapshot from,
      Optional<Delta> knownDelta,
      Map<String, PublishedCrl> known) {
    Snapshot snapshot = from.followed(revoked, newest.revocations(), newest.expiredBefore());
    Optional<Delta> delta = delta(newest, knownDelta);
    Map<Long, List<PublicationUrls>> locations = new HashMap<>();
    Map<String, PublishedCrl> lists = new HashMap<>();
    for (CrlRow row : rows) {
      if (row.isDelta() && row.number() != newest.number()) {
        continue; // of before there was none
      }
      PublishedCrl same = known.get(row.part());
      if (same != null && same.number() == row.number()) {
        lists.put(row.part(), same);
        continue;
      }
      List<PublicationUrls> urls = locations.computeIfAbsent(row.location(), places::locations);
      CrlDraft draft = draft(authority, row, snapshot, delta, urls);
      if (!draft.isSignedBy(row.signature())) {
        return Optional.empty();
      }
      lists.put(row.part(), new PublishedCrl(row, draft.signed(row.signature())));
    }
    return Optional.of(new Lists(newest.number(), snapshot, delta, lists));
  }

  private Snapshot nothing(Authority authority, Instant expiredBefore) {
    return Snapshot.before(
        authority.name(), places.shards(authority.name()).count(), expiredBefore);
  }

  /** The first list of an authority that has revoked nothing. */
  static CrlRow first(Authority authority, CrlRow heading) {
    Snapshot nothing = Snapshot.before(authority.name(), 1, heading.expiredBefore());
    CrlDraft draft = draft(authority, heading, nothing, Optional.empty(), List.of());
    return heading.signed(draft.sign(key(authority)));
  }

  private static CrlDraft draft(
      Authority authority,
      CrlRow row,
      Snapshot snapshot,
      Optional<Delta> delta,
      List<PublicationUrls> locations) {
    if (row.isComplete()) {
      List<String> deltas = locations.stream().map(at -> at.deltaCrl(authority.name())).toList();
      return new CrlDraft(
          authority,
          row,
          snapshot.shards(),
          row.base().map(base -> CrlExtensions.freshest(deltas)).orElse(new byte[0]));
    }
    if (row.isDelta()) {
      Delta changes = delta.orElseThrow();
      return new CrlDraft(
          authority,
          row,
          List.of(changes.entries()),
          CrlExtensions.deltaIndicator(changes.base().number()));
    }
    int shard = Integer.parseInt(row.part());
    List<String> urls =
        locations.stream().map(at -> at.crl(authority.name(), snapshot.division(), shard)).toList();
    return new CrlDraft(
        authority,
        row,
        List.of(snapshot.shards().get(shard)),
        CrlExtensions.issuingDistributionPoint(urls));
  }

  private static SigningKey key(Authority authority) {
    return authority
        .signingKey()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "The key of " + authority.name() + " is not on this machine."));
  }
}
