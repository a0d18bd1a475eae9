package dev.countersign.bench.load;

import org.HdrHistogram.Histogram;

/** Times in nanoseconds, exact to one in a thousand, up to ten minutes. Of one thread. */
public final class Latencies {
  private static final long HIGHEST = 600_000_000L; // microseconds
  private static final int DIGITS = 3;

  private final Histogram histogram = new Histogram(HIGHEST, DIGITS);

  public void add(long nanoseconds) {
    histogram.recordValue(Math.min(HIGHEST, Math.max(0, nanoseconds) / 1000));
  }

  public void add(Latencies others) {
    histogram.add(others.histogram);
  }

  public long count() {
    return histogram.getTotalCount();
  }

  /**
   * In milliseconds; not a number when there are none.
   *
   * @param percent of all that took no longer than this
   */
  public double percentile(double percent) {
    return count() == 0 ? Double.NaN : histogram.getValueAtPercentile(percent) / 1000.0;
  }
}
