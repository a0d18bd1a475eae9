package dev.countersign.server.http;

import dev.countersign.db.DatabaseBusyException;
import dev.countersign.db.DatabaseUnavailableException;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.MalformedJwsException;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that turns what was thrown into an answer: a {@link Refusal}, and what is known to
 * be one in other words, into its problem document; anything else into an incident whose number is
 * in the answer and whose stack trace is in the log.
 */
public final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private final InstantSource clock;

  public Problems(InstantSource clock) {
    this.clock = clock;
  }

  void install(RoutesConfig routes) {
    routes.exception(Exception.class, this::answer);
    // Javalin answers these itself unless they are named
    routes.exception(HttpResponseException.class, this::answer);
  }

  void answer(Throwable thrown, Context ctx) {
    Throwable cause = unwrapped(thrown);
    String requestId = ctx.attribute(RequestNumbers.ATTRIBUTE);
    Refusal refusal = refusal(cause);
    if (refusal != null) {
      LOG.info(
          "refused {} {}: {} ({})",
          ctx.method(),
          ctx.path(),
          refusal.kind().slug(),
          LogText.printable(refusal.detail()));
      String serverTime =
          refusal.kind() == Kind.CLOCK_SKEW
              ? clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()
              : null;
      refusal
          .retryAfter()
          .ifPresent(after -> ctx.header("Retry-After", String.valueOf(wholeSeconds(after))));
      write(ctx, Problem.of(refusal, serverTime, requestId));
      if (refusal.kind() == Kind.BODY_TOO_LARGE) {
        ctx.header("Connection", "close");
      }
      return;
    }
    if (cause instanceof HttpResponseException framework) {
      if (framework.getStatus() == 405) {
        String allow = framework.getDetails().get("availableMethods");
        if (allow != null) {
          ctx.header("Allow", allow);
        }
      }
      Problem problem = ofFramework(framework, ctx, requestId);
      write(ctx, problem);
      return;
    }
    String incident = requestId == null ? "unnumbered" : requestId;
    LOG.error("incident {} at {} {}", incident, ctx.method(), ctx.path(), cause);
    write(ctx, Problem.incident(incident, requestId));
  }

  private static Problem ofFramework(
      HttpResponseException e, Context ctx, @Nullable String requestId) {
    return switch (e.getStatus()) {
      case 404 ->
          Problem.of(
              new Refusal(Kind.NOT_FOUND, "There is nothing at this address; see /openapi.yaml."),
              null,
              requestId);
      case 405 ->
          Problem.of(
              new Refusal(
                  Kind.METHOD_NOT_ALLOWED,
                  ctx.method().name() + " is not for this address; see /openapi.yaml."),
              null,
              requestId);
      case 503 ->
          Problem.of(
              new Refusal(Kind.UNAVAILABLE, "No answer in time; asking again is safe."),
              null,
              requestId);
      default ->
          Problem.transport(e.getStatus(), LogText.printable(e.getMessage()), requestId);
    };
  }

  /** Null when the fault is ours. */
  static @Nullable Refusal refusal(Throwable cause) {
    if (cause instanceof Refusal refusal) {
      return refusal;
    }
    if (cause instanceof InvalidRequestException e) {
      return new Refusal(kind(e.fault()), sentence(e));
    }
    if (cause instanceof MalformedJwsException e) {
      return new Refusal(Kind.MALFORMED, sentence(e));
    }
    if (cause instanceof DatabaseBusyException || cause instanceof DatabaseUnavailableException) {
      return Refusal.until(
          Kind.UNAVAILABLE,
          Duration.ofSeconds(2),
          "The database does not take this now; asking again is safe and gets the same answer.");
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

  private static String sentence(Exception e) {
    return String.valueOf(e.getMessage());
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

  private static void write(Context ctx, Problem problem) {
    ctx.status(problem.status())
        .header("Cache-Control", "no-store")
        .contentType(Problem.MEDIA_TYPE)
        .result(problem.toJson());
  }
}
