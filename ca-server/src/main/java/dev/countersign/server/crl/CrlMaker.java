package dev.countersign.server.crl;

import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.revocation.Revoked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
   * The lists that would say something new and may follow the last of their kind, or all when it is
   * time for them: nothing else lets certificates leave that have expired.
   *
   * @param heading of all of them, not signed
   * @param all because it is time
   * @param mayFollow whether the next may be made already because of what is new
   */
  Edition next(
      Authority authority,
      CrlRow heading,
      Lists last,
      boolean all,
      Predicate<PublishedCrl> mayFollow) {
    SigningKey key = key(authority);
    Snapshot known = last.snapshot();
    boolean leads = known.leadsTo(heading.revocations(), heading.expiredBefore());
    Snapshot from = leads ? known : nothing(authority, heading.expiredBefore());
    Snapshot snapshot = from.followed(revoked, heading.revocations(), heading.expiredBefore());
    List<String> parts =
        parts(snapshot, heading)
            .filter(
                part ->
                    all
                        || last.part(part)
                            .filter(crl -> !crl.isBehind(snapshot) || !mayFollow.test(crl))
                            .isEmpty())
            .toList();
    Optional<Delta> lastDelta = leads ? last.delta() : Optional.empty();
    Optional<Delta> delta =
        parts.contains(CrlRow.DELTA) ? Optional.of(delta(heading, lastDelta)) : lastDelta;
    List<PublicationUrls> locations = places.locations(heading.location());
    List<CrlRow> rows = new ArrayList<>();
    Map<String, PublishedCrl> lists = new HashMap<>(last.parts());
    if (heading.base().isEmpty()) {
      lists.remove(CrlRow.DELTA); // the last one's is over
    }
    for (String part : parts) {
      CrlRow row = heading.of(part);
      CrlDraft draft = draft(authority, row, snapshot, delta, locations);
      CrlRow signed = row.signed(draft.sign(key));
      rows.add(signed);
      lists.put(part, published(signed, draft, snapshot));
    }
    return new Edition(rows, new Lists(heading.number(), snapshot, delta, lists));
  }

  private static Stream<String> parts(Snapshot snapshot, CrlRow heading) {
    int shards = snapshot.shards().size();
    return Stream.of(
            Stream.of(CrlRow.COMPLETE),
            IntStream.range(0, shards > 1 ? shards : 0).mapToObj(CrlRow::shard),
            heading.base().stream().map(base -> CrlRow.DELTA))
        .flatMap(some -> some);
  }

  /** What the delta list of a row says, from what is known already if that leads there. */
  private Delta delta(CrlRow row, Optional<Delta> known) {
    CrlRow.Base base = row.base().orElseThrow();
    return known
        .filter(last -> last.leadsTo(base, row.revocations()))
        .orElseGet(() -> Delta.since(base))
        .followed(revoked, row.issuer(), row.revocations(), row.expiredBefore());
  }

  private static PublishedCrl published(CrlRow signed, CrlDraft draft, Snapshot snapshot) {
    return new PublishedCrl(
        signed,
        draft.signed(signed.signature()),
        signed.isShard() ? snapshot.shards().get(signed.shard()) : SortedEntries.NONE);
  }

  /**
   * The lists of these rows, from what is known already if that leads there.
   *
   * @return empty when a signature is of something else
   */
  Optional<Lists> rewritten(Authority authority, List<CrlRow> rows, Lists last) {
    List<CrlRow> others = new ArrayList<>(rows);
    others.removeIf(row -> last.part(row.part()).filter(crl -> isOf(crl, row)).isPresent());
    if (!last.parts().isEmpty()
        && others.stream()
            .allMatch(row -> last.snapshot().leadsTo(row.revocations(), row.expiredBefore()))) {
      Optional<Lists> found = rewritten(authority, rows, others, last);
      if (found.isPresent()) {
        return found;
      }
    }
    return rewritten(authority, rows, rows, none(authority.name()));
  }

  private static boolean isOf(PublishedCrl crl, CrlRow row) {
    return crl.number() == row.number();
  }

  /**
   * In the order of what they know: each change is read once.
   *
   * @param rows of all lists
   * @param missing those of them that are not known yet
   */
  private Optional<Lists> rewritten(
      Authority authority, List<CrlRow> rows, List<CrlRow> missing, Lists last) {
    List<CrlRow> ordered = new ArrayList<>(missing);
    ordered.sort(
        Comparator.comparing(CrlRow::expiredBefore).thenComparingLong(CrlRow::revocations));
    CrlRow newest = rows.stream().max(Comparator.comparingLong(CrlRow::number)).orElseThrow();
    Snapshot snapshot = last.snapshot();
    Optional<Delta> delta = last.delta();
    Map<Long, List<PublicationUrls>> locations = new HashMap<>();
    Map<String, PublishedCrl> lists = new HashMap<>();
    for (CrlRow row : rows) {
      last.part(row.part())
          .filter(crl -> isOf(crl, row))
          .ifPresent(crl -> lists.put(row.part(), crl));
    }
    for (CrlRow row : ordered) {
      if (row.isDelta()) {
        delta = Optional.of(delta(row, delta));
      } else {
        snapshot = snapshot.followed(revoked, row.revocations(), row.expiredBefore());
      }
      List<PublicationUrls> urls = locations.computeIfAbsent(row.location(), places::locations);
      CrlDraft draft = draft(authority, row, snapshot, delta, urls);
      if (!draft.isSignedBy(row.signature())) {
        return Optional.empty();
      }
      lists.put(row.part(), published(row, draft, snapshot));
    }
    Snapshot now = snapshot.followed(revoked, newest.revocations(), newest.expiredBefore());
    return Optional.of(new Lists(newest.number(), now, delta, lists));
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
    int shard = row.shard();
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
