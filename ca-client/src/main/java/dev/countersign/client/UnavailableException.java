package dev.countersign.client;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The authority, or what stands before it, cannot answer just now: it stops, its database is away,
 * it is asked too much, or has a fault of its own. The same request may be answered later.
 */
public final class UnavailableException extends ClientException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Optional<Problem> problem;
  private final transient Optional<Duration> retryAfter;

  UnavailableException(
      URI asked, int status, Optional<Problem> problem, Optional<Duration> retryAfter) {
    super(Kind.UNAVAILABLE, sentence(asked, status, problem, retryAfter));
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** Of several URLs, none of which could answer. */
  UnavailableException(String message, UnavailableException first, Optional<Duration> retryAfter) {
    super(Kind.UNAVAILABLE, message, first);
    this.status = first.status;
    this.problem = first.problem;
    this.retryAfter = retryAfter;
  }

  /** What the authority said, if it was the authority that spoke. */
  public Optional<Problem> problem() {
    return problem;
  }

  /** How long to wait before asking again, if that was said. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** Whether the request was not acted on: RFC 9110 15.6.4, RFC 6585 4. */
  boolean asksToComeBack() {
    return asksToComeBack(status);
  }

  private static boolean asksToComeBack(int status) {
    return status == 503 || status == 429;
  }

  private static String sentence(
      URI asked, int status, Optional<Problem> problem, Optional<Duration> retryAfter) {
    String said =
        problem
            .map(p -> p.word() + "): " + (p.detail().isEmpty() ? p.title() : p.detail()))
            .orElse("status " + status + ").");
    return "The authority at "
        + asked.getAuthority()
        + " cannot answer just now ("
        + said
        + problem
            .flatMap(Problem::incident)
            .map(i -> " Incident " + i + ": it is in the authority's log.")
            .orElse("")
        + (asksToComeBack(status)
            ? " Nothing is lost: run the same command again"
                + retryAfter.map(wait -> " in " + wait.toSeconds() + " s.").orElse(" later.")
            : "");
  }
}
