package dev.countersign.server.feed;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseException;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients have loaded. It is gathered in memory and written a few hundred at a time, and of a
 * client that says the same again and again only every two minutes: a fleet that does must not slow
 * down what waits for its commit. What a crash loses is said again soon.
 */
public final class Checkins implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Checkins.class);
  private static final Duration ROUND = Duration.ofMillis(500);
  private static final Duration SAME = Duration.ofMinutes(2);
  private static final Duration LATELY = Duration.ofMinutes(3);
  private static final int AT_ONCE = 250;
  // Of some 300 bytes, twice; of more clients than that, those over are not remembered, but written
  // each time
  private static final int MOST = 50_000;

  private final Database database;
  private final InstantSource clock;
  private final Duration lists;
  private final ConcurrentMap<SerialNumber, Loaded> waiting = new ConcurrentHashMap<>();
  private final ConcurrentMap<SerialNumber, Loaded> written = new ConcurrentHashMap<>();
  private boolean complained;
  private Instant tidied = Instant.MIN;
  private final ScheduledExecutorService desk =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "countersign-checkins");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Who does not know of a denial.
   *
   * @param exposedUntil when the revocation lists end that it can have had; empty if it was never
   *     heard of
   */
  public record Unaware(
      SerialNumber serial,
      String identity,
      Instant notAfter,
      Optional<Loaded> loaded,
      Optional<Instant> exposedUntil) {}

  /**
   * @param lists how long a revocation list holds
   */
  public Checkins(Database database, InstantSource clock, Duration lists) {
    this.database = database;
    this.clock = clock;
    this.lists = lists;
  }

  public void start() {
    desk.scheduleWithFixedDelay(
        this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The client with this certificate knows what is denied up to this number. */
  void knows(SerialNumber serial, long denials) {
    said(new Loaded(serial, clock.instant(), denials, Optional.empty(), Optional.empty()));
  }

  /** What a client says. */
  public void said(Loaded loaded) {
    Loaded last = written.get(loaded.serial());
    boolean same =
        last != null
            && last.denials() == loaded.denials()
            && loaded.trustBundle().map(n -> last.trustBundle().equals(Optional.of(n))).orElse(true)
            && loaded.version().map(v -> last.version().equals(Optional.of(v))).orElse(true)
            && loaded.seenAt().isBefore(last.seenAt().plus(SAME));
    if (!same && (waiting.size() < MOST || waiting.containsKey(loaded.serial()))) {
      waiting.merge(loaded.serial(), loaded, Loaded::followedBy);
    }
  }

  /** What the database does not know yet included, of what was said to this node. */
  public Optional<Loaded> find(SerialNumber serial) {
    Optional<Loaded> kept = database.read(handle -> CheckinStore.find(handle, serial));
    Optional<Loaded> said = Optional.ofNullable(waiting.get(serial));
    return said.map(later -> kept.map(one -> one.followedBy(later)).orElse(later)).or(() -> kept);
  }

  /**
   * Those who have not said that they know of a denial.
   *
   * @param connected only those who were heard of in the last minutes
   */
  public Paged<Unaware> unaware(
      long below, Optional<Boolean> connected, Optional<String> identity, Page page) {
    Instant now = clock.instant();
    Instant lately = now.minus(LATELY);
    CheckinStore.Wanted wanted =
        new CheckinStore.Wanted(below, connected.filter(yes -> yes).map(yes -> lately), identity);
    return database
        .read(handle -> CheckinStore.search(handle, database.dialect(), wanted, now, lately, page))
        .map(
            one ->
                new Unaware(
                    one.serial(),
                    one.identity(),
                    one.notAfter(),
                    one.loaded(),
                    one.loaded().map(loaded -> loaded.seenAt().plus(lists))));
  }

  /** Writes what was said since the last time. */
  public void round() {
    try {
      List<Loaded> all = new ArrayList<>(waiting.values());
      all.sort(Comparator.comparing(Loaded::serial));
      for (int from = 0; from < all.size(); from += AT_ONCE) {
        write(all.subList(from, Math.min(all.size(), from + AT_ONCE)));
      }
      tidy();
      complained = false;
    } catch (DatabaseException e) {
      LOG.debug("What clients have loaded could not be written; it is tried again", e);
    } catch (RuntimeException | Error e) { // no round comes after one that throws
      if (!complained) {
        LOG.error("What clients have loaded cannot be written", e);
      }
      complained = true;
    }
  }

  private void write(List<Loaded> some) {
    database.writeAndWait(
        handle -> {
          CheckinStore.keep(handle, some);
          return some.size();
        });
    for (Loaded one : some) {
      waiting.remove(one.serial(), one); // unless more was said meanwhile
      if (written.size() < MOST || written.containsKey(one.serial())) {
        written.merge(one.serial(), one, Loaded::followedBy);
      }
    }
  }

  private void tidy() {
    Instant now = clock.instant();
    if (now.isBefore(tidied.plus(SAME))) {
      return;
    }
    tidied = now;
    for (Iterator<Map.Entry<SerialNumber, Loaded>> all = written.entrySet().iterator();
        all.hasNext(); ) {
      if (all.next().getValue().seenAt().plus(SAME).isBefore(now)) {
        all.remove();
      }
    }
  }

  @Override
  public void close() {
    desk.shutdown(); // not interrupted: the embedded database does not survive that
    try {
      if (desk.awaitTermination(10, TimeUnit.SECONDS)) {
        round();
      } else {
        LOG.warn("What clients have loaded was still being written when the server stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
