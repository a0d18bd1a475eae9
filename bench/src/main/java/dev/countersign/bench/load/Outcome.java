package dev.countersign.bench.load;

/**
 * What came of a load.
 *
 * @param seconds from the first request to the last answer
 * @param accepted times of what was answered with success
 * @param refused times of what was answered with 429 or 503
 * @param broken connections that ended before the answer was whole
 * @param withoutRetryAfter refusals that did not say when to ask again
 */
public record Outcome(
    double seconds,
    Latencies accepted,
    Latencies refused,
    long broken,
    long withoutRetryAfter,
    Usage usage) {

  public double perSecond() {
    return accepted.count() / seconds;
  }

  /** Milliseconds of CPU for each request that was answered with success. */
  public double each(double cpuSeconds) {
    return accepted.count() == 0 ? Double.NaN : cpuSeconds * 1000 / accepted.count();
  }

  /** The part of all that was answered, 0 to 1. */
  public double refusedPart() {
    long answered = accepted.count() + refused.count();
    return answered == 0 ? 0 : (double) refused.count() / answered;
  }
}
