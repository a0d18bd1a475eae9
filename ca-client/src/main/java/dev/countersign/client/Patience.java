package dev.countersign.client;

import java.time.Duration;

/** How long to wait and how much to read before giving up on a server. */
public record Patience(Duration connect, Duration answer, int largestAnswer) {
  // A revocation list of a million entries is about 40 MB; answers are far below a tenth of that
  // elsewhere.
  private static final int LARGEST_ANSWER = 64 << 20;

  public static final Patience DEFAULT =
      new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30), LARGEST_ANSWER);

  public Patience within(Duration longest) {
    return new Patience(
        connect.compareTo(longest) < 0 ? connect : longest,
        answer.compareTo(longest) < 0 ? answer : longest,
        largestAnswer);
  }
}
