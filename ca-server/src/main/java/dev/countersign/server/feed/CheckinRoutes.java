package dev.countersign.server.feed;

import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.access.Access;
import dev.countersign.server.access.SignedHolders;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.http.RateLimits;
import dev.countersign.server.paging.Page;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** {@code /v1/checkin} and {@code /v1/checkins}. */
public final class CheckinRoutes {
  private static final int LONGEST_VERSION = 64;

  private final Checkins checkins;
  private final DenialFeed feed;
  private final LongSupplier trustBundle;
  private final Callers callers;
  private final InstantSource clock;

  /**
   * Who may say and see what.
   *
   * @param limits of signed requests
   */
  public record Callers(Access access, SignedHolders signed, RateLimits limits) {}

  /**
   * @param trustBundle the number of the newest
   */
  public CheckinRoutes(
      Checkins checkins,
      DenialFeed feed,
      LongSupplier trustBundle,
      Callers callers,
      InstantSource clock) {
    this.checkins = checkins;
    this.feed = feed;
    this.trustBundle = trustBundle;
    this.callers = callers;
    this.clock = clock;
  }

  record CheckinBody(long denials, long trustBundle, Optional<String> version) {
    CheckinBody {
      if (denials < 0 || trustBundle < 1) {
        throw new Refusal(Kind.MALFORMED, "denials is 0 or greater, and trustBundle 1 or greater.");
      }
      version.ifPresent(
          text -> {
            if (text.isBlank()
                || text.length() > LONGEST_VERSION
                || !text.chars().allMatch(c -> c >= ' ' && c < 127)) {
              throw Refusal.at(
                  Kind.MALFORMED,
                  "/version",
                  "The version is 1 to " + LONGEST_VERSION + " printable ASCII characters.");
            }
          });
    }
  }

  /** What is newest, so that a client sees what it lacks. */
  record NewestJson(Instant serverTime, long denials, long trustBundle) {}

  record UnawareJson(
      String serial,
      String identity,
      Instant notAfter,
      Optional<Instant> seenAt,
      Optional<Long> denials,
      Optional<Long> trustBundle,
      Optional<String> version,
      Optional<Instant> exposedUntil) {
    static UnawareJson of(Checkins.Unaware one) {
      return new UnawareJson(
          one.serial().toString(),
          one.identity(),
          one.notAfter(),
          one.loaded().map(Loaded::seenAt),
          one.loaded().map(Loaded::denials),
          one.loaded().flatMap(Loaded::trustBundle),
          one.loaded().flatMap(Loaded::version),
          one.exposedUntil());
    }
  }

  public void register(Endpoints endpoints) {
    endpoints.waiting(Method.POST, "/v1/checkin", this::checkin);
    endpoints.waiting(Method.GET, "/v1/checkins", this::unaware);
  }

  private void checkin(Call call) {
    SerialNumber serial;
    CheckinBody body;
    switch (JsonBody.mediaType(call)) {
      case JsonBody.JOSE_JSON -> {
        callers.limits().address(call.caller().remoteAddress());
        FlattenedJws jws = JsonBody.read(call, JsonBody.JOSE_JSON, FlattenedJws.class);
        serial = callers.signed().certificate(jws, call.path()).serial();
        body = JsonBody.parse(jws.payloadBytes(), CheckinBody.class);
      }
      case JsonBody.JSON -> {
        // As far as TLS proves it: a revoked client may say what it knows, too
        serial =
            call.caller()
                .certificate()
                .orElseThrow(
                    () ->
                        new Refusal(
                            Kind.UNAUTHENTICATED,
                            "Show the certificate in the TLS handshake, or sign the request with"
                                + " its key."))
                .serial();
        body = JsonBody.read(call, CheckinBody.class);
      }
      default -> throw JsonBody.unsupported(JsonBody.JSON, JsonBody.JOSE_JSON);
    }
    Instant now = clock.instant();
    long newest = feed.number();
    long bundle = trustBundle.getAsLong();
    // More than there is, nobody has: what comes next it has not heard of
    checkins.said(
        new Loaded(
            serial,
            now,
            Math.min(body.denials(), newest),
            Optional.of(Math.min(body.trustBundle(), bundle)),
            body.version()));
    Answers.json(call, 200, new NewestJson(now, newest, bundle));
  }

  private void unaware(Call call) {
    callers.access().operator(call.caller(), Access.READERS);
    Parameters.only(call, Set.of("below", "connected", "identity", "limit", "cursor"));
    Page page = new Page(Parameters.limit(call), Parameters.cursor(call));
    Optional<Boolean> connected = Parameters.word(call, "connected", CheckinRoutes::yesOrNo);
    Optional<String> identity = Parameters.text(call, "identity", 64);
    long below = Parameters.number(call, "below").orElse(feed.number());
    Answers.json(
        call, 200, checkins.unaware(below, connected, identity, page).map(UnawareJson::of));
  }

  private static boolean yesOrNo(String word) {
    return switch (word) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("true or false");
    };
  }
}
