package dev.countersign.client.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** A moment of one's own: of many who began together, none does the same at the same time. */
record Chance(RandomGenerator random) {
  /** Between this part and all of it. */
  Duration part(Duration whole, double least) {
    return Duration.ofMillis(
        (long) (whole.toMillis() * (least + random.nextDouble() * (1 - least))));
  }

  /** The begin, if the end is before it. */
  Instant between(Instant start, Instant end) {
    Duration length = Duration.between(start, end);
    return length.isNegative() ? start : start.plus(part(length, 0));
  }
}
