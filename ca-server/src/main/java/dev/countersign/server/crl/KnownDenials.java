package dev.countersign.server.crl;

import dev.countersign.db.DatabaseUnavailableException;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.revocation.Change;
import dev.countersign.server.revocation.PolledRevoked;
import dev.countersign.server.revocation.RevocationListener;
import dev.countersign.server.revocation.Revoked;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is revoked or held, in memory: the same bytes that the lists have, and what came since. It
 * asks the database, over a connection of its own, four times a second for what any node has denied
 * or released, and at once after this one has. Who was denied and has expired is known no more.
 *
 * <p>To be asked in this order: {@link #areTrusted} first, then {@link #of}. What is told of an act
 * of this node between the two is in the answer to the second, or the next first question is
 * denied.
 */
public final class KnownDenials implements RevocationListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KnownDenials.class);
  private static final Duration PAUSE = Duration.ofMillis(250);
  // A revocation is known on every node within a second
  private static final Duration CURRENT = Duration.ofSeconds(1);
  // A page takes milliseconds: a connection that takes as long hangs, or the database is slow. Then
  // the next one, which is new, is given time.
  private static final Duration HASTE = Duration.ofMillis(300);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  // Of a new connection: together with the old one's within what is current, so that memory is
  // trusted without a gap. And then it is gone.
  private static final Duration STALLED = Duration.ofMillis(300);
  private static final Duration AWAY = Duration.ofSeconds(2);

  private final Hierarchy hierarchy;
  private final PolledRevoked revoked;
  private final CrlPublisher lists;
  private final InstantSource clock;
  private final ConcurrentMap<String, Snapshot> known = new ConcurrentHashMap<>();
  private final AtomicLong told = new AtomicLong(); // acts of this node
  private final AtomicBoolean called = new AtomicBoolean();
  private long followed = -1; // number of the newest denial that is known
  private Optional<Revoked.Mark> mark = Optional.empty(); // of that denial
  // Issuers of whom more was known than the database has now, until all is read anew
  private final Set<String> lost = new HashSet<>();
  private final Map<String, Snapshot> disowned = new HashMap<>(); // lists of that time
  private volatile Look newest = new Look(Instant.MIN, -1);
  private volatile Standing standing = new Standing(Instant.MIN, RecentChanges.NONE);
  private volatile Runnable news = () -> {};
  private volatile boolean hasty; // a connection that hangs must not pass for the database
  private volatile Optional<Instant> asked = Optional.empty(); // patiently, and not answered yet
  private volatile boolean failing; // as far as the database is known to be away
  private boolean complained;
  private final ScheduledExecutorService desk =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "countersign-denials");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * One look into the database.
   *
   * @param told how many acts of this node it cannot miss
   */
  private record Look(Instant begun, long told) {
    boolean isWithin(Duration time, Instant now) {
      return !now.isBefore(begun) && now.isBefore(begun.plus(time));
    }
  }

  /**
   * @param lists whose entries are shared
   */
  public KnownDenials(
      Hierarchy hierarchy, Revoked revoked, CrlPublisher lists, InstantSource clock) {
    this.hierarchy = hierarchy;
    this.revoked = revoked.polled(new Waiting());
    this.lists = lists;
    this.clock = clock;
  }

  /** Up to when what is known is all that was ever denied, and what came last. */
  private record Standing(Instant asOf, RecentChanges recent) {}

  private final class Waiting implements PolledRevoked.By {
    @Override
    public void asked() {
      asked = Optional.of(clock.instant()).filter(now -> !hasty);
    }

    @Override
    public Duration patience() {
      return hasty ? HASTE : PATIENCE;
    }

    @Override
    public void answered() {
      asked = Optional.empty();
    }
  }

  private boolean hasWaited(Duration time, Instant now) {
    return asked.filter(since -> !now.isBefore(since.plus(time))).isPresent();
  }

  /** Knows all when it returns. */
  public void start() {
    follow();
    desk.scheduleWithFixedDelay(
        this::round, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Whether what is known is all that was denied and released up to a second ago, and everything of
   * this node. While the database does not answer, that is as of when it last did.
   */
  public boolean areTrusted() {
    Look last = newest;
    if (last.told() < told.get()) {
      return false;
    }
    Instant now = clock.instant();
    return failing || last.isWithin(CURRENT, now) || hasWaited(STALLED, now);
  }

  /**
   * Is told of each change that is known here, after it can be asked for; must return at once.
   *
   * @param listener of whom there is one
   */
  public void tell(Runnable listener) {
    news = listener;
  }

  /**
   * What is known.
   *
   * @param number of the newest change
   * @param asOf when the database was asked last of those times that it answered
   */
  public record Known(long number, Instant asOf) {}

  public Known known() {
    Standing now = standing;
    return new Known(now.recent().number(), now.asOf());
  }

  /** What has changed after a change of this number; empty when that was too long ago. */
  public Optional<List<Change>> changesSince(long number) {
    return standing.recent().since(number);
  }

  /** The newest ones, so many of them, in their order. */
  public List<Change> lastChanges(int most) {
    List<Change> all = standing.recent().changes();
    return all.subList(Math.max(0, all.size() - most), all.size());
  }

  /**
   * What of an authority's certificates is denied, in the order of their serials: all that is said
   * by {@link #known} before this is asked, or more.
   */
  public List<DeniedSerial> denied(String issuer, SerialNumber after, int most) {
    return Optional.ofNullable(known.get(issuer))
        .map(snapshot -> snapshot.after(after, most))
        .orElse(List.of());
  }

  /** Whether it is of no use to ask the database for anything now. */
  public boolean isDatabaseAway() {
    return failing || hasWaited(AWAY, clock.instant());
  }

  /** To the second. */
  public Optional<Denial> of(String issuer, SerialNumber serial) {
    return Optional.ofNullable(known.get(issuer)).flatMap(snapshot -> snapshot.denial(serial));
  }

  /** What it remembers of a shard. */
  SortedEntries entries(String issuer, int shard) {
    return Optional.ofNullable(known.get(issuer))
        .map(snapshot -> snapshot.shards().get(shard))
        .orElse(SortedEntries.NONE);
  }

  /** From now on until the database was looked at anew, what is known is not trusted. */
  @Override
  public void revoked(Set<String> issuers) {
    told.incrementAndGet();
    if (!desk.isShutdown() && called.compareAndSet(false, true)) {
      desk.execute(this::round);
    }
  }

  void round() {
    called.set(false);
    try {
      followTwice();
      complained = false;
    } catch (DatabaseUnavailableException e) {
      if (!failing) { // said once
        LOG.warn("The database does not say what is revoked; OCSP answers from memory", e);
      }
      failing = true;
    } catch (RuntimeException e) {
      if (!complained) {
        LOG.error("What is revoked cannot be read; OCSP asks the database each time", e);
      }
      complained = true;
      failing = false; // it answers, and what is in memory gets old
    }
  }

  /** A connection that was cut, or hangs, says nothing of the next one. */
  private void followTwice() {
    try {
      hasty = true;
      follow();
    } catch (RuntimeException e) {
      LOG.debug("The database is asked again what is revoked", e);
      hasty = false;
      follow();
    } finally {
      hasty = false;
    }
  }

  /** Catches up with the database. */
  public synchronized void follow() {
    Look look = new Look(clock.instant(), told.get());
    long number = revoked.lastNumber();
    // A database that has lost it may have newer ones by now
    if (number < followed || mark.filter(last -> revoked.hasLost(last, look.begun())).isPresent()) {
      disown(number);
    }
    Optional<Revoked.Mark> next = number == followed ? mark : revoked.mark(number);
    for (Authority authority : hierarchy.all()) {
      String issuer = authority.name();
      Snapshot last = newestOf(issuer, number);
      boolean same = number == followed && !lost.contains(issuer);
      known.put(issuer, same ? last : followed(issuer, last));
      lost.remove(issuer);
    }
    RecentChanges before = followed < 0 ? RecentChanges.NONE : standing.recent();
    boolean isNews = number != followed;
    List<String> issuers = hierarchy.all().stream().map(Authority::name).toList();
    RecentChanges recent = isNews ? before.followed(revoked, issuers, number) : before;
    standing = new Standing(look.begun(), recent);
    followed = number;
    mark = next;
    newest = look;
    failing = false;
    if (isNews) {
      news.run();
    }
  }

  /**
   * The database is one that has lost the last changes: it gives their numbers to others. What was
   * known answers on until all is read anew.
   */
  private void disown(long number) {
    LOG.warn(
        "The database has lost what was revoked and released last: change {} was known, and is not"
            + " there; its newest is {}. Was it restored, or another one put in its place?",
        followed,
        number);
    for (Authority authority : hierarchy.all()) {
      lost.add(authority.name());
      disowned.put(authority.name(), lists.snapshot(authority.name()));
    }
    followed = -1;
    mark = Optional.empty();
  }

  @SuppressWarnings("ReferenceEquality") // what is made again is another object
  private Snapshot newestOf(String issuer, long number) {
    Snapshot listed = lists.snapshot(issuer);
    Snapshot own = lost.contains(issuer) ? null : known.get(issuer);
    boolean ahead = listed == disowned.get(issuer) || listed.revocations() > number;
    if (own == null) {
      return ahead ? lists.nothing(issuer) : listed;
    }
    return !ahead && listed.revocations() >= own.revocations() ? listed : own;
  }

  private Snapshot followed(String issuer, Snapshot last) {
    long upTo = revoked.lastNumber(issuer);
    if (upTo <= last.revocations()) {
      return last;
    }
    // Without lists there is nothing yet that has left them
    boolean fresh = last.revocations() == 0;
    return last.followed(revoked, upTo, fresh ? clock.instant() : last.expiredBefore());
  }

  @Override
  public void close() {
    desk.shutdown(); // not interrupted: the embedded database does not survive that
    try {
      if (!desk.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("The database was still being asked what is revoked when the server stopped");
      }
      revoked.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
