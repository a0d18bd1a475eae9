package dev.countersign.server.feed;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.crl.DeniedSerial;
import dev.countersign.server.crl.KnownDenials;
import dev.countersign.server.revocation.Change;
import java.time.Duration;
import java.util.ArrayList;
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
  // Clients wait for the newest, or for what followed one of the last few; the rest are made for
  // one
  private static final int MOST_KEPT = 32;

  private final KnownDenials denials;
  private final FeedSigner signer;
  private final List<String> issuers;
  private volatile Edition edition;

  /** Pages that are as of one look into the database. */
  private record Edition(KnownDenials.Known known, Map<String, byte[]> pages) {
    Edition(KnownDenials.Known known) {
      this(known, new ConcurrentHashMap<>());
    }

    boolean isGoodAt(KnownDenials.Known now) {
      return known.number() == now.number() && now.asOf().isBefore(known.asOf().plus(SAME));
    }
  }

  public DenialFeed(KnownDenials denials, Hierarchy hierarchy) {
    this.denials = denials;
    this.signer = new FeedSigner(hierarchy);
    this.issuers = hierarchy.all().stream().map(Authority::name).toList();
    this.edition = new Edition(denials.known());
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
        .map(changes -> page(now, "after " + number, () -> changes(number, changes, now.known())))
        .orElseGet(() -> all(now, Optional.empty()));
  }

  /** A piece of all that is denied. */
  byte[] all(Optional<Place> from) {
    return all(current(), from);
  }

  boolean isPlace(Place place) {
    return issuers.contains(place.issuer());
  }

  private byte[] all(Edition now, Optional<Place> from) {
    return page(
        now, "from " + from.map(Place::toString).orElse(""), () -> piece(from, now.known()));
  }

  private Edition current() {
    KnownDenials.Known now = denials.known();
    Edition last = edition;
    if (last.isGoodAt(now)) {
      return last;
    }
    synchronized (this) {
      if (!edition.isGoodAt(now)) {
        edition = new Edition(now);
      }
      return edition;
    }
  }

  private interface Making {
    DenialsPage page();
  }

  private byte[] page(Edition edition, String key, Making making) {
    byte[] kept = edition.pages().get(key);
    if (kept != null) {
      return kept;
    }
    if (edition.pages().size() >= MOST_KEPT) {
      return signer.sign(making.page());
    }
    return edition.pages().computeIfAbsent(key, any -> signer.sign(making.page()));
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
