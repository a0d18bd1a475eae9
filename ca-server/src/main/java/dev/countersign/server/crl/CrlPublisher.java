package dev.countersign.server.crl;

import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.lease.Lease;
import dev.countersign.server.revocation.Revoked;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the CRLs of an issuer and hands out the newest, made here or by another node. It is the
 * {@link CrlClerk} that asks the database, never who fetches a list.
 *
 * <p>A list is recorded only if it follows the one that it was made after, and given out only then:
 * so a list with a higher number knows all that one with a lower does, and no number is given to
 * two. Another node's list is not fetched but written anew, and is the same to the last bit: its
 * entries are those of the same changes, and the signature, which is on record, proves it.
 */
public final class CrlPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(CrlPublisher.class);
  // Each lost one means that another node has just published
  private static final int ATTEMPTS = 20;

  private final Hierarchy hierarchy;
  private final Revoked revoked;
  private final CrlStore store;
  private final Places places;
  private final CrlMaker maker;
  private final Timetable timetable;
  private final InstantSource clock;
  private final ConcurrentMap<String, Lists> known = new ConcurrentHashMap<>();
  private final Set<String> keyless = ConcurrentHashMap.newKeySet(); // owe a list

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
      Places places,
      Schedule schedule,
      InstantSource clock) {
    this(hierarchy, revoked, store, places, schedule, Pace.USUAL, clock);
  }

  CrlPublisher(
      Hierarchy hierarchy,
      Revoked revoked,
      CrlStore store,
      Places places,
      Schedule schedule,
      Pace pace,
      InstantSource clock) {
    this.hierarchy = hierarchy;
    this.revoked = revoked;
    this.store = store;
    this.places = places;
    this.maker = new CrlMaker(revoked, places);
    this.timetable = new Timetable(schedule, hierarchy, places, pace, clock);
    this.clock = clock;
  }

  /** The first list of a new root, part of the ceremony: nothing is revoked yet. */
  public static void recordFirst(
      Handle handle, Authority root, Instant thisUpdate, Instant nextUpdate) {
    CrlRow heading =
        new CrlRow(
            root.name(),
            CrlRow.COMPLETE,
            thisUpdate.toEpochMilli(),
            thisUpdate,
            nextUpdate,
            0,
            thisUpdate,
            thisUpdate,
            0,
            Optional.empty(),
            new byte[0]);
    CrlStore.insertFirst(handle, CrlMaker.first(root, heading));
  }

  /**
   * The newest list that is known here; {@link #publishDue} looks for what other nodes have made.
   * Whoever fetches a list asks the database nothing: they are served as well while it is away, and
   * the list says itself how long it holds.
   */
  public Optional<PublishedCrl> current(String issuer) {
    return current(issuer, CrlRow.COMPLETE);
  }

  /** The newest of its shards. */
  public Optional<PublishedCrl> current(String issuer, int shard) {
    return current(issuer, CrlRow.shard(shard));
  }

  /** What has changed since an earlier complete list; none before there was one. */
  public Optional<PublishedCrl> currentDelta(String issuer) {
    return current(issuer, CrlRow.DELTA);
  }

  private Optional<PublishedCrl> current(String issuer, String part) {
    Optional<Authority> authority = hierarchy.find(issuer);
    if (authority.isEmpty()) {
      return Optional.empty();
    }
    Lists newest = known.get(issuer);
    return (newest == null ? look(authority.get()) : newest).part(part);
  }

  /** What the newest lists that are known here are made of. */
  Snapshot snapshot(String issuer) {
    Lists newest = known.get(issuer);
    return (newest == null ? maker.none(issuer) : newest).snapshot();
  }

  /** What lists are made from when nothing is known. */
  Snapshot nothing(String issuer) {
    return maker.none(issuer).snapshot();
  }

  /** Whether each authority that is not revoked has a list that is not over, and owes none. */
  public boolean isFresh() {
    Instant now = clock.instant();
    return hierarchy.all().stream()
        .filter(authority -> authority.state() != Authority.State.REVOKED)
        .allMatch(
            authority ->
                !keyless.contains(authority.name())
                    && current(authority.name())
                        .filter(crl -> now.isBefore(crl.nextUpdate()))
                        .isPresent());
  }

  /**
   * Makes, records and returns a new list.
   *
   * @throws IllegalStateException when the issuer's key is not on this machine
   */
  public synchronized PublishedCrl publishNow(String issuer) {
    Authority authority =
        hierarchy
            .find(issuer)
            .orElseThrow(() -> new IllegalArgumentException("No authority is called " + issuer));
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long recorded = revoked.lastNumber(issuer);
      Optional<PublishedCrl> made = make(authority, look(authority), recorded, true);
      if (made.isPresent()) {
        return made.get();
      }
    }
    throw outrun(issuer);
  }

  private static IllegalStateException outrun(String issuer) {
    return new IllegalStateException(
        "Other nodes published "
            + ATTEMPTS
            + " CRLs of "
            + issuer
            + " while this one made its own.");
  }

  /**
   * Makes the lists that are absent, older than the interval, or know of fewer revocations and
   * releases than are on record, whichever node recorded them; those of roots are not made anew
   * only because of their age. That a list is owed is read from the database alone, so no crash and
   * no failure forgets one.
   *
   * @throws RuntimeException the first that went wrong, after the lists of all others were made
   */
  public void publishDue() {
    publishDue(() -> true);
  }

  /**
   * {@link #publishDue()}, but what can wait, which is what is due only because it is time for one,
   * is left to another node while that has the lease.
   */
  void publishDue(Lease lease) {
    try {
      publishDue(lease::take);
    } catch (RuntimeException e) {
      leave(lease, e);
      throw e;
    }
  }

  /** Others may be able to do what has failed here. */
  private static void leave(Lease lease, RuntimeException why) {
    try {
      lease.release();
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  private void publishDue(BooleanSupplier turn) {
    Optional<RuntimeException> failure = Optional.empty();
    for (Authority authority : hierarchy.all()) {
      try {
        publishIfDue(authority, turn);
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

  private synchronized void publishIfDue(Authority authority, BooleanSupplier turn) {
    // Before the newest list: that one knows of it, or is owed. And once: what others record
    // meanwhile is theirs to publish, or the next look's, so that no node runs after the rest
    long recorded = revoked.lastNumber(authority.name());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Lists newest = look(authority);
      boolean due = timetable.isDue(authority, newest, recorded);
      if (due && !authority.keyPresent()) {
        keyless.add(authority.name());
        return;
      }
      keyless.remove(authority.name());
      if (!due
          || (timetable.canWait(newest, recorded) && !turn.getAsBoolean())
          || make(authority, newest, recorded, timetable.isTime(newest)).isPresent()) {
        return;
      }
    }
    throw outrun(authority.name());
  }

  /**
   * The next list, and nothing of it is given out before it is on record.
   *
   * @param scheduled because it is time for one
   * @return empty when another node was faster
   */
  private Optional<PublishedCrl> make(
      Authority authority, Lists last, long recorded, boolean scheduled) {
    String issuer = authority.name();
    Instant second = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Optional<CrlRow> newest = last.newest();
    // Another node's clock may be ahead: who goes by the time alone would not take the next list
    Instant thisUpdate =
        newest
            .filter(row -> !timetable.isAhead(row))
            .map(CrlRow::thisUpdate)
            .filter(second::isBefore)
            .orElse(second);
    CrlRow heading =
        new CrlRow(
            issuer,
            CrlRow.COMPLETE,
            // By the time, so that numbers grow also over a database that was restored; the first
            // of a second has the second's own (see CrlRow.modified)
            Math.max(last.highestNumber() + 1, second.toEpochMilli()),
            thisUpdate,
            timetable.nextUpdate(authority, thisUpdate),
            Math.max(recorded, last.snapshot().revocations()),
            scheduled
                ? timetable.expiredBefore(thisUpdate, newest)
                : last.snapshot().expiredBefore(),
            newest.map(CrlRow::scheduledAt).filter(at -> !scheduled).orElse(thisUpdate),
            // Of the shards, only those with a change are made anew when it is not time
            newest.map(CrlRow::location).filter(known -> !scheduled).orElseGet(places::newest),
            base(authority, thisUpdate, recorded),
            new byte[0]);
    CrlMaker.Edition edition =
        maker.next(authority, heading, last, scheduled, timetable::mayFollow);
    if (edition.rows().isEmpty()) { // each rests
      return last.part(CrlRow.COMPLETE);
    }
    if (!store.insertAfter(last.number(), edition.rows(), scheduled)) {
      return Optional.empty();
    }
    known.put(issuer, edition.lists());
    return edition.lists().part(CrlRow.COMPLETE);
  }

  /**
   * The oldest list that somebody may still go by: so a delta list is for everybody whose complete
   * one holds, unless too much was revoked since. Roots revoke too little for that.
   */
  private Optional<CrlRow.Base> base(Authority authority, Instant now, long recorded) {
    if (authority.kind() != Authority.Kind.ISSUING) {
      return Optional.empty();
    }
    Optional<CrlRow.Base> oldest = store.base(authority.name(), now, 0);
    if (oldest.isEmpty()) {
      return oldest;
    }
    long after = oldest.get().revocations();
    long begin = revoked.beginOfLast(after, recorded, Delta.MOST);
    return begin == after ? oldest : store.base(authority.name(), now, begin);
  }

  /** Looks for what other nodes have made, or this one before it was started. */
  private synchronized Lists look(Authority authority) {
    String issuer = authority.name();
    Lists last = known.getOrDefault(issuer, maker.none(issuer));
    long newest = store.newestNumber(issuer);
    if (known.containsKey(issuer) && last.number() == newest) {
      return last;
    }
    boolean lost = last.number() > newest;
    if (lost) {
      LOG.warn(
          "The database has lost CRL {} of {}: its newest is {}. Was it restored, or another one"
              + " put in its place?",
          last.number(),
          issuer,
          newest);
    }
    // Who has the lost list should not be given an older one, if the next can be made
    Optional<Lists> found =
        lost && authority.keyPresent()
            ? Optional.empty()
            : rewritten(authority, lost ? maker.none(issuer) : last);
    if (found.isEmpty() && newest > 0 && !lost) {
      LOG.warn(
          "CRL {} of {} was signed for other entries than the database has; a new one is made",
          newest,
          issuer);
    }
    // What was known is served on; the next is made from nothing.
    Lists next =
        found.orElseGet(() -> new Lists(newest, nothing(issuer), Optional.empty(), last.parts()));
    known.put(issuer, next);
    return next;
  }

  private Optional<Lists> rewritten(Authority authority, Lists last) {
    List<CrlRow> rows = store.newest(authority.name());
    return rows.stream().anyMatch(CrlRow::isComplete)
        ? maker.rewritten(authority, rows, last)
        : Optional.empty();
  }
}
