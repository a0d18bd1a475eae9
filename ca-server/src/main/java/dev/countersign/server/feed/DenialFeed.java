package dev.countersign.server.feed;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.crl.DeniedSerial;
import dev.countersign.server.crl.KnownDenials;
import dev.countersign.server.revocation.Change;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Signed pages out of the memory of this node. One page is made for all who know the same number:
 * anew when there is a new denial, and each second for the sake of the time that it says.
 */
public final class DenialFeed {
  private static final Duration SAME = Duration.ofSeconds(1);
  // Clients know the newest, or what was the newest lately: a page for any other number is for one
  private static final int LATELY = 16;
  private static final int MOST_PIECES = 32;

  private final KnownDenials denials;
  private final FeedSigner signer;
  private final List<String> issuers;
  private volatile Edition edition;

  /**
   * Pages that are as of one look into the database.
   *
   * @param told the numbers that were the newest lately, here or at another node
   * @param pages by the number that they follow
   * @param pieces by where they begin
   */
  private record Edition(
      KnownDenials.Known known,
      List<Long> told,
      Map<Long, byte[]> pages,
      Map<String, byte[]> pieces) {
    Edition(KnownDenials.Known known, List<Long> told) {
      this(known, told, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    }

    boolean isTold(long number) {
      return number == known.number() || told.contains(number);
    }

    boolean isGoodAt(KnownDenials.Known now) {
      return known.number() == now.number() && now.asOf().isBefore(known.asOf().plus(SAME));
    }
  }

  public DenialFeed(KnownDenials denials, Hierarchy hierarchy) {
    this.denials = denials;
    this.signer = new FeedSigner(hierarchy);
    this.issuers = hierarchy.all().stream().map(Authority::name).toList();
    KnownDenials.Known known = denials.known();
    List<Long> told = new ArrayList<>();
    denials.lastChanges(LATELY).forEach(change -> told.add(change.number()));
    if (told.size() < LATELY) {
      told.add(0L); // before the first
    }
    this.edition = new Edition(known, List.copyOf(told));
  }

  /** The number of the newest denial. */
  public long number() {
    return denials.known().number();
  }

  /**
   * What has changed after that number; all that is denied, from its begin, if that was long ago.
   */
  public byte[] since(long number) {
    Edition now = current();
    return denials
        .changesSince(number)
        .map(
            changes ->
                page(
                    now.pages(),
                    number,
                    now.isTold(number),
                    () -> changes(number, changes, now.known())))
        .orElseGet(() -> all(now, Optional.empty()));
  }

  /** Whether what has changed after that number is asked for by many, and signed once for all. */
  boolean isShared(long number) {
    return current().isTold(number) || denials.changesSince(number).isEmpty();
  }

  /** A piece of all that is denied. */
  byte[] all(Optional<Place> from) {
    return all(current(), from);
  }

  boolean isPlace(Place place) {
    return issuers.contains(place.issuer());
  }

  private byte[] all(Edition now, Optional<Place> from) {
    boolean kept = from.isEmpty() || now.pieces().size() < MOST_PIECES;
    String key = from.map(Place::toString).orElse("");
    return page(now.pieces(), key, kept, () -> piece(from, now.known()));
  }

  private Edition current() {
    KnownDenials.Known now = denials.known();
    Edition last = edition;
    if (last.isGoodAt(now)) {
      return last;
    }
    synchronized (this) {
      if (!edition.isGoodAt(now)) {
        edition = new Edition(now, told(edition, now));
      }
      return edition;
    }
  }

  /** What was told by the last editions, and what other nodes may have told meanwhile. */
  private List<Long> told(Edition last, KnownDenials.Known now) {
    long before = last.known().number();
    if (before == now.number()) {
      return last.told();
    }
    Deque<Long> told = new ArrayDeque<>(last.told());
    told.addLast(before);
    denials.lastChanges(LATELY).stream()
        .map(Change::number)
        .filter(number -> number > before && number < now.number())
        .forEach(told::addLast);
    while (told.size() > 2 * LATELY) {
      told.removeFirst();
    }
    return List.copyOf(told);
  }

  private interface Making {
    DenialsPage page();
  }

  private <K> byte[] page(Map<K, byte[]> pages, K key, boolean keep, Making making) {
    byte[] kept = pages.get(key);
    if (kept != null) {
      return kept;
    }
    return keep
        ? pages.computeIfAbsent(key, any -> signer.sign(making.page()))
        : signer.sign(making.page());
  }

  private static DenialsPage changes(long number, List<Change> changes, KnownDenials.Known known) {
    // It may know more by now than when its number was asked
    List<Change> until = changes.stream().filter(c -> c.number() <= known.number()).toList();
    return DenialsPage.changes(number, until, known.number(), known.asOf());
  }

  /** What was denied meanwhile may be in it or not: it follows the number that is said. */
  private DenialsPage piece(Optional<Place> from, KnownDenials.Known known) {
    Place place = from.orElseGet(() -> Place.before(issuers.get(0)));
    int issuer = issuers.indexOf(place.issuer());
    SerialNumber after = place.serial();
    List<DeniedSerial> serials = new ArrayList<>();
    for (; issuer < issuers.size(); issuer++) {
      String name = issuers.get(issuer);
      List<DeniedSerial> more = denials.denied(name, after, DenialsPage.MOST - serials.size());
      serials.addAll(more);
      if (serials.size() == DenialsPage.MOST) {
        SerialNumber last = more.isEmpty() ? after : more.get(more.size() - 1).serial();
        return DenialsPage.piece(
            from, Optional.of(new Place(name, last)), serials, known.number(), known.asOf());
      }
      after = Place.before(name).serial();
    }
    return DenialsPage.piece(from, Optional.empty(), serials, known.number(), known.asOf());
  }
}
