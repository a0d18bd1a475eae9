package dev.countersign.server.http;

import dev.countersign.db.DatabaseBusyException;
import dev.countersign.db.DatabaseUnavailableException;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.MalformedJwsException;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The one place that turns what was thrown into an answer: a {@link Refusal}, and what is known to
 * be one in other words, into its problem document; anything else into an incident whose number is
 * in the answer and whose stack trace is in the log.
 */
public final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Set<String> READING = Set.of("GET", "HEAD"); // RFC 9110 9.2.1

  private final InstantSource clock;
  private final String contract;

  /** {@code contract} is where to read what there is: a URL, since not every listener has it. */
  public Problems(InstantSource clock, URI contract) {
    this.clock = clock;
    this.contract = contract.toString();
  }

  /** For what goes wrong outside a route: no such address, no such method. */
  void install(JavalinConfig config) {
    config.routes.exception(Exception.class, this::answer);
    // Javalin answers these itself unless they are named
    config.routes.exception(HttpResponseException.class, this::answer);
    config.router.javaLangErrorHandler((response, error) -> LOG.error("An error", error));
  }

  /** Never throws: Javalin would ask again for ever. */
  private void answer(Exception thrown, Context ctx) {
    try {
      Call call = Call.of(ctx);
      answer(thrown, call);
      Exchange.begin(ctx, exchange -> exchange.answer(call));
    } catch (RuntimeException e) {
      LOG.debug("The peer gave up before it was told", e);
    }
  }

  /** Makes the call's answer a problem document. */
  void answer(Throwable thrown, Call call) {
    Throwable cause = unwrapped(thrown);
    String requestId = call.requestId().orElse(null);
    call.startOver();
    MDC.put("request", requestId);
    try {
      Problem problem = problem(cause, call, requestId);
      call.status(problem.status())
          .header("Cache-Control", "no-store")
          .contentType(Problem.MEDIA_TYPE)
          .result(problem.toJson());
    } finally {
      MDC.remove("request");
    }
  }

  private Problem problem(Throwable cause, Call call, @Nullable String requestId) {
    Refusal refusal = cause instanceof TimeoutException ? late(call) : refusal(cause);
    if (refusal != null) {
      LOG.info(
          "refused {} {}: {} ({})",
          call.method(),
          LogText.printable(call.path()),
          refusal.kind().slug(),
          LogText.printable(refusal.detail()));
      refusal
          .retryAfter()
          .ifPresent(after -> call.header("Retry-After", String.valueOf(wholeSeconds(after))));
      String serverTime =
          refusal.kind() == Kind.CLOCK_SKEW
              ? clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()
              : null;
      return Problem.of(refusal, serverTime, requestId);
    }
    if (cause instanceof HttpResponseException framework) {
      return ofFramework(framework, call, requestId);
    }
    String incident = requestId == null ? "unnumbered" : requestId;
    LOG.error(
        "incident {} at {} {}", incident, call.method(), LogText.printable(call.path()), cause);
    return Problem.incident(incident, requestId);
  }

  private Problem ofFramework(HttpResponseException e, Call call, @Nullable String requestId) {
    return switch (e.getStatus()) {
      case 404 ->
          Problem.of(
              new Refusal(
                  Kind.NOT_FOUND, "There is nothing at this address; see " + contract + "."),
              null,
              requestId);
      case 405 -> {
        String allow = e.getDetails().get("availableMethods");
        if (allow != null) {
          call.header("Allow", allow);
        }
        yield Problem.of(
            new Refusal(
                Kind.METHOD_NOT_ALLOWED,
                call.method() + " is not for this address; see " + contract + "."),
            null,
            requestId);
      }
      default -> Problem.transport(e.getStatus(), LogText.printable(e.getMessage()), requestId);
    };
  }

  /** The time is over for the caller, and the work may still be done. */
  private static Refusal late(Call call) {
    return READING.contains(call.method())
        ? Refusal.until(Kind.UNAVAILABLE, SOON, "No answer in time; asking again is safe.")
        : outcomeUnknown();
  }

  private static Refusal outcomeUnknown() {
    return Refusal.until(
        Kind.OUTCOME_UNKNOWN,
        SOON,
        "It is not known whether this was done. Look, or ask again with the same Idempotency-Key;"
            + " enrolling and renewing, with the same key pair.");
  }

  /** Null when the fault is ours. */
  static @Nullable Refusal refusal(Throwable cause) {
    if (cause instanceof Refusal refusal) {
      return refusal;
    }
    if (cause instanceof InvalidRequestException e) {
      return Refusal.at(kind(e.fault()), "/csr", sentence(e)); // no other request is taken
    }
    if (cause instanceof MalformedJwsException e) {
      return new Refusal(Kind.MALFORMED, sentence(e));
    }
    if (cause instanceof DatabaseUnavailableException e && e.isOutcomeUnknown()) {
      return outcomeUnknown();
    }
    if (cause instanceof DatabaseBusyException || cause instanceof DatabaseUnavailableException) {
      return Refusal.until(
          Kind.UNAVAILABLE,
          SOON,
          "The database does not take this now, and nothing was changed; asking again is safe.");
    }
    return null;
  }

  private static Kind kind(InvalidRequestException.Fault fault) {
    return switch (fault) {
      case MALFORMED -> Kind.MALFORMED;
      case BAD_POSSESSION -> Kind.BAD_POSSESSION;
      case BAD_PUBLIC_KEY -> Kind.BAD_PUBLIC_KEY;
      case BAD_NAME -> Kind.NOT_ALLOWED;
    };
  }

  static String sentence(Exception e) {
    String message = String.valueOf(e.getMessage());
    String upper = Character.toUpperCase(message.charAt(0)) + message.substring(1);
    return upper.endsWith(".") ? upper : upper + ".";
  }

  private static Throwable unwrapped(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static long wholeSeconds(Duration duration) {
    return Math.max(1, duration.plusMillis(999).toSeconds());
  }
}
