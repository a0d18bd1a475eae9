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
  private static final String OUTCOME_UNKNOWN = "outcome-unknown";

  private final int status;
  private final boolean outcomeUnknown;
  private final transient Optional<Problem> problem;
  private final transient Optional<Duration> retryAfter;

  UnavailableException(
      URI asked, int status, Optional<Problem> problem, Optional<Duration> retryAfter) {
    super(Kind.UNAVAILABLE, sentence(asked, status, problem, retryAfter));
    this.status = status;
    this.outcomeUnknown = isOutcomeUnknown(status, problem);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** Of several URLs, none of which could answer; what each of them said is in the message. */
  UnavailableException(
      String message,
      UnavailableException one,
      Optional<Duration> retryAfter,
      boolean outcomeUnknown) {
    super(Kind.UNAVAILABLE, message, one);
    this.status = one.status;
    this.outcomeUnknown = outcomeUnknown;
    this.problem = one.problem;
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

  /** How long to leave the authority alone after this failure, by its own words. */
  public static Duration wanted(ClientException failure) {
    return failure instanceof UnavailableException unavailable
        ? unavailable.retryAfter().orElse(Duration.ZERO)
        : Duration.ZERO;
  }

  /** Whether the same request may be answered a little later. */
  boolean asksToComeBack() {
    return asksToComeBack(status);
  }

  private static boolean asksToComeBack(int status) {
    return status == 503 || status == 429;
  }

  @Override
  boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }

  /**
   * RFC 6585 4: with 429 nothing was done. With 503 the authority says which it is; a proxy says
   * the same when the authority hung up on it.
   */
  private static boolean isOutcomeUnknown(int status, Optional<Problem> problem) {
    return status != 429
        && (status != 503 || problem.filter(p -> !p.word().equals(OUTCOME_UNKNOWN)).isEmpty());
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
            ? (isOutcomeUnknown(status, problem)
                    ? " If this changes something, see first whether it was done; then"
                    : " Nothing is lost:")
                + " run the same command again"
                + retryAfter.map(wait -> " in " + wait.toSeconds() + " s.").orElse(" later.")
            : "");
  }
}
