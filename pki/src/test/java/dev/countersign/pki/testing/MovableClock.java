package dev.countersign.pki.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until a test moves it. */
public final class MovableClock implements InstantSource {
  /** A moment without a fraction of a second, where a test has no reason to choose one. */
  public static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

  private volatile Instant now;

  public MovableClock() {
    this(START);
  }

  public MovableClock(Instant start) {
    now = start;
  }

  @Override
  public Instant instant() {
    return now;
  }

  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  public synchronized void set(Instant to) {
    now = to;
  }
}
