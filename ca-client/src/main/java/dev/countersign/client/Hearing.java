package dev.countersign.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Asks an authority again and again who of its clients has not heard of a denial. */
final class Hearing {
  private static final Duration SHORTEST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final String MOST = "1000"; // of one page; the first is enough to see who is left

  private final Function<Map<String, String>, List<Answers.Unaware>> authority;
  private final Retries.Time time;

  Hearing(OperatorApi api, Retries.Time time) {
    this(filter -> api.unaware(filter).items(), time);
  }

  Hearing(Function<Map<String, String>, List<Answers.Unaware>> authority, Retries.Time time) {
    this.authority = authority;
    this.time = time;
  }

  /** Those who were heard of lately, and not of this. */
  List<Answers.Unaware> of(long denial, Duration longest) {
    Map<String, String> filter = new LinkedHashMap<>();
    filter.put("below", Long.toString(denial));
    filter.put("connected", "true");
    filter.put("limit", MOST);
    long began = time.nanos();
    Duration pause = SHORTEST;
    while (true) {
      List<Answers.Unaware> left = authority.apply(filter);
      Duration spent = Duration.ofNanos(time.nanos() - began);
      if (left.isEmpty() || spent.compareTo(longest) >= 0) {
        return left;
      }
      Duration rest = longest.minus(spent);
      try {
        time.pass(pause.compareTo(rest) < 0 ? pause : rest);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return left;
      }
      pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
    }
  }
}
