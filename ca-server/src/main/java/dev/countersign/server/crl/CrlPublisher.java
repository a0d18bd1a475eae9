package dev.countersign.server.crl;

import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.revocation.Revoked;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/**
 * Makes the CRL of an issuer and hands out the newest one, made here or by another node. It is the
 * {@link CrlClerk} that asks the database, never who fetches a list.
 *
 * <p>A number is taken before the revocations are read and recorded after, and only if it is still
 * the next: so a list with a higher number was read later and knows all that one with a lower does.
 */
public final class CrlPublisher {
  private static final int ATTEMPTS =
      20; // each lost one means that another node has just published
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final Hierarchy hierarchy;
  private final Revoked revoked;
  private final CrlStore store;
  private final Schedule schedule;
  private final InstantSource clock;
  private final ConcurrentMap<String, Optional<PublishedCrl>> known = new ConcurrentHashMap<>();

  /**
   * When lists are made.
   *
   * @param interval a new list at least this often
   * @param life from thisUpdate to nextUpdate
   */
  public record Schedule(Duration interval, Duration life) {
    public Schedule {
      if (interval.isNegative() || interval.isZero() || life.compareTo(interval) <= 0) {
        throw new IllegalArgumentException("A CRL lives longer than the interval to the next one.");
      }
    }
  }

  public CrlPublisher(
      Hierarchy hierarchy,
      Revoked revoked,
      CrlStore store,
      Schedule schedule,
      InstantSource clock) {
    this.hierarchy = hierarchy;
    this.revoked = revoked;
    this.store = store;
    this.schedule = schedule;
    this.clock = clock;
  }

  /** The first list of a new root, part of the ceremony: nothing is revoked yet. */
  public static void recordFirst(
      Handle handle, Authority root, Instant thisUpdate, Instant nextUpdate) {
    byte[] der = new CrlWriter(root, 1, thisUpdate, nextUpdate).sign(key(root));
    CrlStore.insert(handle, root.name(), new PublishedCrl(der, 1, thisUpdate, nextUpdate, 0));
  }

  /**
   * The newest list that is known here; {@link #publishDue} looks for what other nodes have made.
   * Whoever fetches a list asks the database nothing: they are served as well while it is away, and
   * the list says itself how long it holds.
   */
  public Optional<PublishedCrl> current(String issuer) {
    if (hierarchy.find(issuer).isEmpty()) {
      return Optional.empty();
    }
    Optional<PublishedCrl> newest = known.get(issuer);
    return newest == null ? look(issuer) : newest;
  }

  private Optional<PublishedCrl> look(String issuer) {
    Optional<PublishedCrl> last = known.getOrDefault(issuer, Optional.empty());
    long newest = store.newestNumber(issuer);
    if (last.filter(crl -> crl.number() == newest).isPresent()) {
      return last;
    }
    return remember(issuer, store.newest(issuer));
  }

  /** Whether each authority that signs has a list that is not over. */
  public boolean isFresh() {
    Instant now = clock.instant();
    return hierarchy.all().stream()
        .allMatch(
            authority ->
                current(authority.name())
                    .filter(crl -> now.isBefore(crl.nextUpdate()))
                    .isPresent());
  }

  /**
   * Makes, records and returns a new list.
   *
   * @throws IllegalStateException when the issuer's key is not on this machine
   */
  public PublishedCrl publishNow(String issuer) {
    Authority authority =
        hierarchy
            .find(issuer)
            .orElseThrow(() -> new IllegalArgumentException("No authority is called " + issuer));
    return publish(authority, theirs -> false);
  }

  /**
   * @param enough whether a list that another node has made meanwhile does as well
   */
  private synchronized PublishedCrl publish(Authority authority, Predicate<PublishedCrl> enough) {
    String issuer = authority.name();
    SigningKey key = key(authority);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long number = store.newestNumber(issuer) + 1;
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      PublishedCrl crl = make(authority, key, number, now);
      if (store.insertIfNext(issuer, crl)) {
        remember(issuer, Optional.of(crl));
        return crl;
      }
      Optional<PublishedCrl> theirs = store.newest(issuer).filter(enough);
      if (theirs.isPresent()) {
        remember(issuer, theirs);
        return theirs.get();
      }
    }
    throw new IllegalStateException(
        "Other nodes published "
            + ATTEMPTS
            + " CRLs of "
            + issuer
            + " while this one made its own.");
  }

  private PublishedCrl make(Authority authority, SigningKey key, long number, Instant now) {
    Instant nextUpdate = nextUpdate(authority, now);
    CrlWriter writer = new CrlWriter(authority, number, now, nextUpdate);
    // RFC 5280 3.3: an entry stays until it was on a list made after the certificate's end; a whole
    // life keeps it on several.
    long revocations = revoked.stream(authority.name(), now.minus(schedule.life()), writer::add);
    return new PublishedCrl(writer.sign(key), number, now, nextUpdate, revocations);
  }

  /**
   * A root's list holds as long as what it certified: its key is not here when the next would be
   * due.
   */
  private Instant nextUpdate(Authority authority, Instant now) {
    if (authority.kind() == Authority.Kind.ISSUING) {
      return now.plus(schedule.life());
    }
    return hierarchy.all().stream()
        .filter(issued -> issued.kind() == Authority.Kind.ISSUING)
        .map(issued -> issued.certificate().notAfter())
        .max(Comparator.naturalOrder())
        .filter(end -> end.isAfter(now))
        .orElse(now.plus(schedule.life()));
  }

  /**
   * Makes the lists that are absent, older than the interval, or know of fewer revocations and
   * releases than are on record, whichever node recorded them; roots' only when absent or over.
   * That a list is owed is read from the database alone, so no crash and no failure forgets one.
   *
   * @throws RuntimeException the first that went wrong, after the lists of all others were made
   */
  public void publishDue() {
    Optional<RuntimeException> failure = Optional.empty();
    for (Authority authority : hierarchy.all()) {
      try {
        publishIfDue(authority);
      } catch (RuntimeException e) {
        if (failure.isEmpty()) {
          failure = Optional.of(e);
        } else {
          failure.get().addSuppressed(e);
        }
      }
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private void publishIfDue(Authority authority) {
    long recorded = revoked.lastNumber(); // before the newest list: that one knows it, or is owed
    Predicate<PublishedCrl> enough = crl -> !isDue(authority, crl, recorded);
    if (look(authority.name()).filter(enough).isEmpty() && authority.keyPresent()) {
      publish(authority, enough);
    }
  }

  private boolean isDue(Authority authority, PublishedCrl newest, long recorded) {
    Instant now = clock.instant();
    if (newest.thisUpdate().isAfter(now.plus(CLOCKS_DIFFER))) {
      return true; // made by a clock that was ahead, and good for nobody yet
    }
    if (authority.kind() == Authority.Kind.ROOT) {
      return !now.isBefore(newest.nextUpdate());
    }
    return newest.revocations() < recorded
        || !now.isBefore(newest.thisUpdate().plus(schedule.interval()));
  }

  private Optional<PublishedCrl> remember(String issuer, Optional<PublishedCrl> crl) {
    return known.merge(issuer, crl, (last, fresh) -> number(fresh) >= number(last) ? fresh : last);
  }

  private static long number(Optional<PublishedCrl> crl) {
    return crl.map(PublishedCrl::number).orElse(0L);
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
