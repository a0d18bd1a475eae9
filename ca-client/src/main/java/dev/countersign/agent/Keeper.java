package dev.countersign.agent;

import dev.countersign.agent.AgentLog.Level;
import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.DenialFeed;
import dev.countersign.client.DenialState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one credential, on one thread: waits for what the feed says, looks at folder and clock
 * every few seconds, and does what it is time for. Whatever fails is said and tried again.
 */
final class Keeper implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration LEAP = Duration.ofSeconds(30);
  private static final long LONGEST_END_MILLIS = 10_000;

  private final CredentialFolder folder;
  private final AgentLog log;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Freshness freshness;
  private final HookDesk desk;
  private final Semaphore news;
  private final Feeds feeds;
  private final Optional<String> machine;
  private final boolean moved;
  private final Thread thread = new Thread(this::run, "countersign-agent");
  private volatile boolean closed;
  private volatile Optional<Present> present = Optional.empty();
  private volatile Optional<String> trouble = Optional.empty();
  private volatile boolean serious;
  private volatile boolean waiting;
  private volatile boolean copied;
  private volatile Optional<DenialState> heard = Optional.empty();
  private volatile Optional<String> feedTrouble = Optional.empty();
  private @Nullable DenialFeed feed;
  private @Nullable AgentLock lock;
  private Optional<Credential> greeted = Optional.empty();
  private Instant lastTime;
  private long lastNanos;

  /** How to follow denials. */
  interface Feeds {
    DenialFeed follow(java.util.function.Supplier<Credential> credential, DenialFeed.Listener to);
  }

  /**
   * @param news is released whenever there is something to look at
   */
  Keeper(
      CredentialFolder folder,
      Agent.Surroundings around,
      Freshness freshness,
      HookDesk desk,
      Semaphore news,
      boolean moved) {
    this.moved = moved;
    this.folder = folder;
    this.log = around.log();
    this.clock = around.clock();
    this.nanos = around.nanos();
    this.machine = around.machine();
    this.feeds =
        (credential, to) -> DenialFeed.followUnseen(credential, to, clock, around.random());
    this.freshness = freshness;
    this.desk = desk;
    this.news = news;
    this.lastTime = clock.instant();
    this.lastNanos = nanos.getAsLong();
  }

  void start() {
    thread.start();
  }

  Path path() {
    return folder.path();
  }

  private void run() {
    try {
      awaitLock();
      while (!closed) {
        Duration next = round();
        if (news.tryAcquire(Math.max(1, next.toMillis()), TimeUnit.MILLISECONDS)) {
          news.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      // it is the end
    } finally {
      release();
    }
  }

  private void release() {
    DenialFeed following = feed;
    if (following != null) {
      following.close();
    }
    AgentLock held = lock;
    if (held != null) {
      held.close();
    }
  }

  private void awaitLock() throws InterruptedException {
    while (!closed) {
      try {
        Optional<AgentLock> tried = AgentLock.tried(folder.path());
        if (tried.isPresent()) {
          if (waiting) {
            log.say(Level.INFO, path(), "took-over", "The other agent is gone; this one goes on.");
          }
          lock = tried.get();
          waiting = false;
          return;
        }
        if (!waiting) {
          log.say(
              Level.WARN,
              path(),
              "waiting",
              "Another agent keeps this folder. This one waits, and takes over when that ends.");
        }
        waiting = true;
        trouble = Optional.empty();
      } catch (ClientException e) {
        troubled("no-folder", e);
      }
      news.tryAcquire(1, TimeUnit.SECONDS);
    }
  }

  /** Once for each credential: a folder can be copied, and enrolled anew. */
  private void greet(Credential credential) {
    Optional<String> enrollment = credential.info().enrollment();
    if (greeted.filter(was -> was.info().enrollment().equals(enrollment)).isPresent()) {
      return;
    }
    greeted = Optional.of(credential);
    if (!moved && desk.isCopied(machine, credential)) {
      copied = true;
      log.say(Level.WARN, path(), "copied", AgentState.COPIED);
    } else {
      copied = false;
      desk.keptOn(machine, credential);
    }
    log.say(
        Level.INFO,
        path(),
        "keeping",
        "Keeping the credential of "
            + credential.info().identity()
            + ", valid until "
            + credential.info().notAfter()
            + ".");
  }

  /** Does what it is time for, and says for how long there is nothing more to do. */
  Duration round() {
    try {
      if (hasLeapt()) {
        startOver();
      }
      Credential now = read();
      greet(now);
      follow();
      Duration next = freshness.round(now, heard);
      now = read();
      Duration hooks = desk.round(now);
      trouble = Optional.empty();
      return least(LOOK, least(next, hooks));
    } catch (ClientException e) {
      troubled("failed", e);
      present
          .map(Present::credential)
          .ifPresent(desk::round); // what is in force is to be loaded whatever else fails
      return least(LOOK, freshness.next());
    } catch (RuntimeException e) {
      log.say(Level.ERROR, path(), "failed", "An unforeseen failure, and it goes on: " + e + ".");
      return LOOK;
    }
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void troubled(String event, ClientException e) {
    Optional<String> what = Optional.of(String.valueOf(e.getMessage()));
    Level level =
        e.kind() == Kind.UNREACHABLE || e.kind() == Kind.UNAVAILABLE ? Level.WARN : Level.ERROR;
    if (!what.equals(trouble) || freshness.hasJustTried()) {
      log.say(level, path(), event, what.get());
    }
    trouble = what;
    serious = level == Level.ERROR;
  }

  /** The wall clock against one that runs by itself, and not while the machine sleeps. */
  private boolean hasLeapt() {
    Instant time = clock.instant();
    long now = nanos.getAsLong();
    Duration difference = Duration.between(lastTime, time).minusNanos(now - lastNanos);
    lastTime = time;
    lastNanos = now;
    if (difference.abs().compareTo(LEAP) <= 0) {
      return false;
    }
    log.say(
        Level.WARN,
        path(),
        "clock-leapt",
        "The clock has leapt by "
            + difference.toSeconds()
            + " s, or the machine has slept. All is looked at again.");
    return true;
  }

  private void startOver() {
    freshness.leapt();
    desk.startOver();
    DenialFeed following = feed;
    if (following != null) {
      following.close(); // its connection may be one that nobody answers any more
      feed = null;
    }
  }

  private Credential read() {
    Present read = Present.in(folder, present);
    present = Optional.of(read);
    return read.credential();
  }

  private void follow() {
    if (feed == null) {
      feed =
          feeds.follow(
              () -> present.orElseThrow().credential(),
              new DenialFeed.Listener() {
                @Override
                public void heard(DenialState state, boolean changed) {
                  if (feedTrouble.isPresent()) {
                    feedTrouble = Optional.empty();
                    freshness.startOver(); // it is back: whatever has failed works now, perhaps
                    log.say(Level.INFO, path(), "feed", "The authority is heard again.");
                    news.release();
                  }
                  boolean isNew = heard.map(DenialState::number).orElse(-1L) < state.number();
                  heard = Optional.of(state);
                  if (isNew) {
                    news.release();
                  }
                }

                @Override
                public void failed(ClientException failure) {
                  Optional<String> what = Optional.of(String.valueOf(failure.getMessage()));
                  if (!what.equals(feedTrouble)) {
                    feedTrouble = what;
                    log.say(Level.WARN, path(), "feed", what.get());
                  }
                }
              });
    }
  }

  /** How it is. */
  Condition condition() {
    return new Condition(
        path(),
        waiting,
        present,
        heard,
        trouble,
        serious,
        desk.states(),
        copied,
        freshness.renewals(),
        freshness.failures());
  }

  /** Begins nothing more. */
  void end() {
    closed = true;
    news.release();
  }

  /** Waits until what is under way has ended. */
  @Override
  public void close() {
    end();
    try {
      // Not interrupted while it writes: the next one would have to clear away after it
      thread.join(LONGEST_END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
