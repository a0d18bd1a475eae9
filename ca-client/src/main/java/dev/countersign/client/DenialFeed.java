package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.DenialsPage.UnbelievableException;
import dev.countersign.pki.Certificate;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Follows what the authority denies, on a thread of its own, until it is closed. What was known
 * stays known whatever the authority or the network does; it is said how old it is.
 */
public final class DenialFeed implements AutoCloseable {
  /** Is told on the feed's thread, and must return soon. */
  public interface Listener {
    /**
     * It was heard of the authority.
     *
     * @param changed whether more than the time is new
     */
    void heard(DenialState state, boolean changed);

    /** What went wrong; it is tried again and again. */
    void failed(ClientException failure);
  }

  /** An authority. */
  interface Source {
    /**
     * A page, not believed yet.
     *
     * @param query behind {@code /v1/denials}
     */
    byte[] get(String query);

    /** Whom to believe now. */
    List<Certificate> roots();
  }

  private static final int WAIT_SECONDS = 30;
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Source source;
  private final Listener listener;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Retries.Time time;
  private final DenialReading reading;
  private final Thread thread;
  private volatile boolean closed;
  private volatile Optional<DenialState> known = Optional.empty();
  private int failures;

  /**
   * @param floor a page of a lower number is not believed
   */
  DenialFeed(
      Source source,
      long floor,
      Listener listener,
      InstantSource clock,
      SecureRandom random,
      Retries.Time time) {
    this.source = source;
    this.reading = new DenialReading(floor);
    this.listener = listener;
    this.clock = clock;
    this.random = random;
    this.time = time;
    this.thread = new Thread(this::run, "countersign-denials");
    thread.setDaemon(true);
  }

  /**
   * Begins to follow.
   *
   * @param credential the present one, asked again and again: by its roots the authority and the
   *     feed are believed, and if it is for clients it is shown, so that the authority sees who has
   *     heard of what
   */
  public static DenialFeed follow(
      Supplier<Credential> credential,
      Listener listener,
      InstantSource clock,
      SecureRandom random) {
    return followed(new Contact(() -> Holder.of(credential.get()), clock, random), listener);
  }

  /**
   * The same without saying who it is: what was heard here is not in force yet where it counts, so
   * the authority must not take it for that.
   */
  public static DenialFeed followUnseen(
      Supplier<Credential> credential,
      Listener listener,
      InstantSource clock,
      SecureRandom random) {
    return followed(new Contact(() -> Holder.of(credential.get()), clock, random, false), listener);
  }

  private static DenialFeed followed(Contact contact, Listener listener) {
    DenialFeed feed = contact.denials(listener);
    feed.start();
    return feed;
  }

  /** Begins to follow. */
  public void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        round();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** One question and its answer, or a pause. */
  void round() throws InterruptedException {
    long began = time.nanos();
    try {
      boolean changed = ask(WAIT_SECONDS);
      failures = 0;
      Duration taken = Duration.ofNanos(time.nanos() - began);
      // A server that does not wait must not be asked in a circle
      if (!changed && !reading.isBehind() && taken.compareTo(Duration.ofSeconds(1)) < 0) {
        time.pass(jittered(Duration.ofSeconds(2)));
      }
    } catch (ClientException e) {
      failed(e);
    } catch (RuntimeException e) {
      // Whatever it is, it must not end the following of denials
      failed(new ClientException(Kind.UNREACHABLE, "An unforeseen failure: " + e + ".", e));
    }
  }

  private void failed(ClientException failure) throws InterruptedException {
    if (closed || Thread.interrupted()) {
      throw new InterruptedException();
    }
    reading.startOver();
    listener.failed(failure);
    time.pass(pause(failure));
  }

  /** Asks now, and does not wait for what is not there yet: in place of {@link #start}. */
  public void catchUp() {
    try {
      do {
        ask(0);
      } while (reading.isBehind());
    } catch (ClientException e) {
      reading.startOver();
      listener.failed(e);
    }
  }

  private boolean ask(int waitSeconds) {
    byte[] body = source.get(reading.question(waitSeconds));
    boolean changed = taken(body);
    if (!reading.isGathering()) {
      known = reading.known();
      known.ifPresent(state -> listener.heard(state, changed));
    }
    return changed;
  }

  private boolean taken(byte[] body) {
    try {
      return reading.take(DenialsPage.verified(body, source.roots(), clock.instant()));
    } catch (UnbelievableException e) {
      throw new ClientException(
          Kind.WRONG_SERVER,
          "What the authority says to be denied was not believed: "
              + e.getMessage()
              + ". What was known before still counts. If this goes on, ask the authority's operator.",
          e);
    }
  }

  /** Ever longer, and at random: after an outage all come back at once. */
  private Duration pause(ClientException failure) {
    Duration own = SHORTEST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
    failures++;
    Duration jittered = jittered(shorter(own, LONGEST_PAUSE));
    Optional<Duration> wanted =
        failure instanceof UnavailableException e ? e.retryAfter() : Optional.empty();
    return wanted.map(least -> shorter(least, LONGEST_PAUSE).plus(jittered)).orElse(jittered);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Between half of it and all of it. */
  private Duration jittered(Duration full) {
    Duration half = full.dividedBy(2);
    return half.plusNanos((long) (half.toNanos() * random.nextDouble()));
  }

  /** What is known, for who comes late. */
  public Optional<DenialState> known() {
    return known;
  }

  /** Asks no more. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
