package dev.countersign.server;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The time that the server goes by: the machine's, unless that leaps. Then it is what the machine's
 * was before, counted on, until the machine's is near that again, or {@link #follow} is told that
 * the leap was right. A certificate or a list with a wrong date is worse than one that is some
 * minutes late.
 */
final class SteadyClock implements InstantSource {
  /** What clocks may differ by: smaller steps are followed at once. */
  static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final long SECOND_NANOS = 1_000_000_000;
  private static final long AT_ONCE_NANOS = 50_000_000;

  private final InstantSource machine;
  private final LongSupplier ticks;
  private final Supplier<OptionalLong> sinceBoot;
  private final AtomicReference<Anchor> anchor;
  private volatile Rest rest;

  /** What both said when they last agreed. */
  private record Anchor(Instant machine, long tick) {}

  private record Rest(OptionalLong sinceBoot, long tick) {}

  private record Reading(Instant machine, long tick) {}

  /**
   * @param machine what may leap
   * @param ticks nanoseconds since any moment, which never leap
   * @param sinceBoot nanoseconds, also those of which {@code ticks} knows nothing because the
   *     machine slept; empty where that is not known
   */
  SteadyClock(InstantSource machine, LongSupplier ticks, Supplier<OptionalLong> sinceBoot) {
    this.machine = machine;
    this.ticks = ticks;
    this.sinceBoot = sinceBoot;
    Reading now = read();
    this.anchor = new AtomicReference<>(new Anchor(now.machine(), now.tick()));
    this.rest = new Rest(sinceBoot.get(), now.tick());
  }

  /** Both at one moment: between the two a process may be stopped for long. */
  private Reading read() {
    while (true) {
      long before = ticks.getAsLong();
      Instant now = machine.instant();
      long after = ticks.getAsLong();
      if (after - before < AT_ONCE_NANOS) {
        return new Reading(now, after);
      }
    }
  }

  private Anchor anchor() {
    return requireNonNull(anchor.get());
  }

  private static Instant counted(Anchor from, Reading now) {
    return from.machine().plusNanos(now.tick() - from.tick());
  }

  static boolean areNear(Instant one, Instant other) {
    return Duration.between(one, other).abs().compareTo(TOLERANCE) <= 0;
  }

  @Override
  public Instant instant() {
    Anchor from = anchor();
    Reading now = read();
    Instant own = counted(from, now);
    if (!areNear(own, now.machine())) {
      return own;
    }
    if (now.tick() - from.tick() > SECOND_NANOS) { // with the machine's, however slow either is
      // Unless it was told meanwhile what is right: this reading may be from before that
      anchor.compareAndSet(from, new Anchor(now.machine(), now.tick()));
    }
    return now.machine();
  }

  /** How far the machine's is ahead, or behind if it is negative; zero while it is gone by. */
  Duration leap() {
    Reading now = read();
    Instant own = counted(anchor(), now);
    return areNear(own, now.machine()) ? Duration.ZERO : Duration.between(own, now.machine());
  }

  /** What the machine's says, whether it is gone by or not. */
  Instant machines() {
    return machine.instant();
  }

  /** The machine's is right, as another clock knows. */
  void follow() {
    Reading now = read();
    anchor.set(new Anchor(now.machine(), now.tick()));
  }

  /** Follows a leap over a time in which the machine slept; false when it was no such leap. */
  boolean followSleep() {
    Rest last = rest;
    OptionalLong boot = sinceBoot.get();
    Reading now = read();
    if (boot.isEmpty() || last.sinceBoot().isEmpty()) {
      return false;
    }
    long slept = boot.getAsLong() - last.sinceBoot().getAsLong() - (now.tick() - last.tick());
    rest = new Rest(boot, now.tick());
    Instant awake = counted(anchor(), now).plusNanos(slept);
    if (slept < SECOND_NANOS || !areNear(awake, now.machine())) {
      return false;
    }
    follow();
    return true;
  }
}
