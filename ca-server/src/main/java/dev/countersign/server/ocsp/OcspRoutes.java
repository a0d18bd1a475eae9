package dev.countersign.server.ocsp;

import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.RateLimits;
import dev.countersign.server.http.Tag;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /ocsp/ISSUER} on the plain listener (RFC 6960 A.1, RFC 5019 5). Only what has to be signed
 * or looked up counts for the limit of an address.
 */
public final class OcspRoutes {
  private static final String REQUEST = "application/ocsp-request";
  private static final String RESPONSE = "application/ocsp-response";
  // A cache between us and who asks must not hide a revocation for long
  private static final Duration LONGEST_CACHED = Duration.ofMinutes(1);

  private final OcspResponder responder;
  private final RateLimits limits;
  private final InstantSource clock;

  public OcspRoutes(OcspResponder responder, RateLimits limits, InstantSource clock) {
    this.responder = responder;
    this.limits = limits;
    this.clock = clock;
  }

  public void registerPlain(Endpoints endpoints) {
    endpoints.later(Method.POST, "/ocsp/{issuer}", this::post);
    endpoints.later(Method.GET, "/ocsp/{issuer}/<request>", this::get);
  }

  private CompletableFuture<?> post(Call call) {
    if (!JsonBody.mediaType(call).equals(REQUEST)) {
      throw JsonBody.unsupported(REQUEST);
    }
    return respond(call, call.pathParam("issuer"), call.bodyAsBytes())
        .thenAccept(answer -> call.contentType(RESPONSE).result(answer.der()));
  }

  private CompletableFuture<?> get(Call call) {
    String issuer = call.pathParam("issuer");
    // The path as it was sent: base64 has slashes, which a decoded path would not tell apart
    String prefix = "/ocsp/" + issuer + "/";
    String path = call.rawPath();
    return (path.startsWith(prefix)
            ? OcspResponder.decodePath(path.substring(prefix.length()))
            : Optional.<byte[]>empty())
        .map(request -> respond(call, issuer, request))
        .orElseGet(() -> CompletableFuture.completedFuture(OcspResponder.malformed()))
        .thenAccept(answer -> answerCached(call, answer));
  }

  private CompletableFuture<OcspAnswer> respond(Call call, String issuer, byte[] request) {
    return responder.respond(issuer, request, () -> limits.address(call.caller().remoteAddress()));
  }

  private void answerCached(Call call, OcspAnswer answer) {
    if (answer.cacheable() && answer.nextUpdate().isPresent()) {
      Instant nextUpdate = answer.nextUpdate().get();
      Duration left = Duration.between(clock.instant(), nextUpdate);
      Duration fresh = left.compareTo(LONGEST_CACHED) < 0 ? left : LONGEST_CACHED;
      // RFC 5019 6.2
      call.header(
          "Cache-Control",
          "public, no-transform, must-revalidate, max-age=" + Math.max(0, fresh.toSeconds()));
      call.header("Expires", Tag.httpDate(nextUpdate));
      if (Tag.unchanged(call, Tag.of(answer.der()), Optional.empty())) {
        return;
      }
    }
    call.contentType(RESPONSE).result(answer.der());
  }
}
