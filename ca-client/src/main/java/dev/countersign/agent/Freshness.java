package dev.countersign.agent;

import dev.countersign.agent.AgentLog.Level;
import dev.countersign.client.ClientException;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.CredentialInfo.RenewalWindow;
import dev.countersign.client.DenialState;
import dev.countersign.client.Notices;
import dev.countersign.client.Patience;
import dev.countersign.client.Renewal;
import dev.countersign.client.TrustUpdate;
import dev.countersign.client.UnavailableException;
import dev.countersign.pki.SerialNumber;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What is in the folder: renewed in the window that the authority gave, and its lists fetched as
 * soon as the feed has said that somebody is denied. Not safe for several threads but where it is
 * said.
 */
final class Freshness {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
  // With a clock that is far ahead, the window of what was just issued is over
  private static final Duration LEAST_BETWEEN = Duration.ofMinutes(1);
  private static final Duration MOST_BETWEEN = Duration.ofHours(1);
  private static final Duration UPDATE_EVERY = Duration.ofMinutes(15);

  // A list is made within a second of the denial, and may be of before when it is first fetched
  private static final List<Duration> LOOKS =
      List.of(
          Duration.ZERO,
          Duration.ofMillis(300),
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(3),
          Duration.ofSeconds(10));

  private final CredentialFolder folder;
  private final AgentLog log;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Notices notices;
  private final Backoff renewal;
  private final Backoff update;
  private final Backoff pace;
  private final AtomicLong renewals = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final Set<String> odd = new HashSet<>();
  private Set<String> oddBefore = Set.of();
  private volatile boolean startsOver;
  private volatile boolean leapt;
  private Optional<SerialNumber> planned = Optional.empty();
  private Instant renewAt = Instant.MAX;
  private long followed = -1;
  private Instant deniedAt = Instant.MIN;
  private int look = LOOKS.size();
  private boolean justTried;

  Freshness(CredentialFolder folder, Agent.Surroundings around) {
    this.folder = folder;
    this.log = around.log();
    this.clock = around.clock();
    this.random = around.random();
    LongSupplier nanos = around.nanos();
    this.renewal = new Backoff(FIRST_WAIT, LONGEST_WAIT, nanos, random);
    this.update = new Backoff(FIRST_WAIT, LONGEST_WAIT, nanos, random);
    this.pace = new Backoff(LEAST_BETWEEN, MOST_BETWEEN, nanos, random);
    this.notices =
        new Notices() {
          @Override
          public void odd(String what) {
            if (odd.add(what) && !oddBefore.contains(what)) {
              log.say(Level.WARN, folder.path(), "odd", what);
            }
          }
        };
  }

  /**
   * Does what it is time for.
   *
   * @return for how long there is nothing more to do
   * @throws ClientException if that did not work; it is tried again later
   */
  Duration round(Credential present, Optional<DenialState> heard) {
    justTried = false;
    if (leapt) {
      leapt = false;
      pace.reset();
    }
    if (startsOver) {
      startsOver = false;
      renewal.reset();
      update.reset();
    }
    plan(present);
    heard.ifPresent(state -> note(state, present));
    boolean own = denied(heard, List.of(present.certificate()));
    boolean ca = denied(heard, present.chain());
    boolean isTime = !clock.instant().isBefore(renewAt) && pace.isTime();
    boolean toRenew = own || ca || isTime;
    Credential newest = present;
    if (toRenew && renewal.isTime()) {
      newest = attempt(renewal, () -> renewed(present, ca && !own, own || ca));
    }
    if (update.isTime()) {
      Credential before = newest;
      attempt(update, () -> updated(before, followed));
    }
    return next();
  }

  private static boolean denied(
      Optional<DenialState> heard, List<dev.countersign.pki.Certificate> path) {
    return heard.flatMap(state -> state.against(path)).isPresent();
  }

  /** When to look again at the latest. */
  Duration next() {
    Duration untilRenewal = Duration.between(clock.instant(), renewAt);
    Duration left = untilRenewal.isNegative() ? longer(renewal.left(), pace.left()) : untilRenewal;
    return left.compareTo(update.left()) < 0 ? left : update.left();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /**
   * By a clock that nobody sets, and that stands while the machine sleeps: half of the time that
   * there should be between two, and an hour at most.
   */
  private static Duration between(Credential issued) {
    Duration half =
        Duration.between(issued.info().notBefore(), issued.info().renewal().start()).dividedBy(2);
    Duration most = half.compareTo(MOST_BETWEEN) < 0 ? half : MOST_BETWEEN;
    return longer(most, LEAST_BETWEEN);
  }

  /** Each picks its own moment of the window: all were enrolled at once, perhaps. */
  private void plan(Credential present) {
    if (!planned.equals(Optional.of(present.info().serial()))) {
      planned = Optional.of(present.info().serial());
      RenewalWindow window = present.info().renewal();
      Duration length = Duration.between(window.start(), window.end());
      renewAt = window.start().plusSeconds((long) (length.toSeconds() * random.nextDouble()));
    }
  }

  private void note(DenialState heard, Credential present) {
    if (followed < 0) {
      followed = present.info().denials(); // what the folder knew when this agent began
    }
    if (heard.number() > followed) {
      followed = heard.number();
      deniedAt = heard.at();
      look = 0;
      update.reset();
    }
  }

  private Credential renewed(Credential present, boolean force, boolean denied) {
    Renewal.Options usual = Renewal.Options.USUAL;
    Renewal.Renewed done =
        new Renewal(clock, random, notices)
            .renew(
                folder,
                new Renewal.Options(
                    force, usual.sameKey(), usual.keyAlgorithm(), usual.proof(), usual.patience()));
    if (done.renewed()) {
      renewals.incrementAndGet();
      log.say(
          Level.INFO,
          folder.path(),
          "renewed",
          "Renewed: "
              + present.info().identity()
              + " has certificate "
              + done.credential().info().serial()
              + " until "
              + done.credential().info().notAfter()
              + ".");
      pace.restFor(between(done.credential()));
    }
    if (denied) {
      renewal.restFor(LONGEST_WAIT); // there may be no better one yet
    }
    return done.credential();
  }

  private Credential updated(Credential present, long number) {
    oddBefore = Set.copyOf(odd); // what goes on being so is said once
    odd.clear();
    TrustUpdate.Updated done =
        new TrustUpdate(clock, random, notices).update(folder, Patience.DEFAULT, number);
    if (done.trustChanged() || done.crlsChanged()) {
      log.say(
          Level.INFO,
          folder.path(),
          "updated",
          (done.crlsChanged() ? "Newer revocation lists" : "No newer revocation lists")
              + (done.trustChanged()
                  ? ", and trust bundle " + done.credential().info().trustBundle()
                  : "")
              + ".");
    }
    look++;
    boolean covered =
        done.credential()
            .revocationLists()
            .asOf(present.certificate())
            // To the second alone: one of the same second may be of before
            .filter(asOf -> asOf.isAfter(deniedAt.truncatedTo(ChronoUnit.SECONDS)))
            .isPresent();
    update.restFor(covered || look >= LOOKS.size() ? between(UPDATE_EVERY) : LOOKS.get(look));
    return done.credential();
  }

  private Duration between(Duration most) {
    return Duration.ofMillis((long) (most.toMillis() * (0.5 + random.nextDouble() / 2)));
  }

  private Credential attempt(Backoff backoff, java.util.function.Supplier<Credential> work) {
    try {
      justTried = true;
      return work.get();
    } catch (ClientException e) {
      failures.incrementAndGet();
      backoff.failed(
          e instanceof UnavailableException unavailable
              ? unavailable.retryAfter().orElse(Duration.ZERO)
              : Duration.ZERO);
      throw e;
    }
  }

  /** Whether the last round did anything that could fail. */
  boolean hasJustTried() {
    return justTried;
  }

  /** From the next round on, as if nothing had failed. May be called on any thread. */
  void startOver() {
    startsOver = true;
  }

  /** The same after the clock has leapt: what it is time for is not known any more. */
  void leapt() {
    leapt = true;
    startsOver = true;
  }

  /** How many there were. On any thread. */
  long renewals() {
    return renewals.get();
  }

  /** How many attempts have failed. On any thread. */
  long failures() {
    return failures.get();
  }
}
