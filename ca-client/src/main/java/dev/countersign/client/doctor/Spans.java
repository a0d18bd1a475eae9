package dev.countersign.client.doctor;

import java.time.Duration;

/** A span of time as people say it. */
final class Spans {
  private Spans() {}

  static String of(Duration span) {
    Duration positive = span.abs();
    if (positive.toDays() >= 2) {
      return positive.toDays() + " days";
    }
    if (positive.toHours() >= 2) {
      return positive.toHours() + " hours";
    }
    return positive.toMinutes() >= 2
        ? positive.toMinutes() + " minutes"
        : positive.toSeconds() + " seconds";
  }
}
