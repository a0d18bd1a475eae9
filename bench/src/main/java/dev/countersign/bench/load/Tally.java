package dev.countersign.bench.load;

/** What came of the requests of one client, or of all when they are added up. */
final class Tally {
  private final Latencies accepted = new Latencies();
  private final Latencies refused = new Latencies();
  private long broken;
  private long withoutRetryAfter;

  void accepted(long nanoseconds) {
    accepted.add(nanoseconds);
  }

  void refused(long nanoseconds, boolean retryAfter) {
    refused.add(nanoseconds);
    if (!retryAfter) {
      withoutRetryAfter++;
    }
  }

  /** A connection that ended before the answer was whole, or was not made. */
  void broken() {
    broken++;
  }

  void add(Tally other) {
    accepted.add(other.accepted);
    refused.add(other.refused);
    broken += other.broken;
    withoutRetryAfter += other.withoutRetryAfter;
  }

  Outcome outcome(double seconds, Usage usage) {
    return new Outcome(seconds, accepted, refused, broken, withoutRetryAfter, usage);
  }
}
