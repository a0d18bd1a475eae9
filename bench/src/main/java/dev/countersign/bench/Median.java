package dev.countersign.bench;

import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** The middle of several measurements: one that was disturbed does not count. */
final class Median {
  private Median() {}

  /** Of what is a number; of an even count the mean of both in the middle; else not a number. */
  static <T> double of(Collection<T> all, ToDoubleFunction<T> value) {
    double[] sorted =
        all.stream().mapToDouble(value).filter(number -> !Double.isNaN(number)).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length == 0
        ? Double.NaN
        : sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
