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

/** {@code /ocsp/ISSUER} on the plain listener (RFC 6960 A.1, RFC 5019 5). */
public final class OcspRoutes {
  private static final String REQUEST = "application/ocsp-request";
  private static final String RESPONSE = "application/ocsp-response";

  private final OcspResponder responder;
  private final RateLimits limits;
  private final InstantSource clock;

  public OcspRoutes(OcspResponder responder, RateLimits limits, InstantSource clock) {
    this.responder = responder;
    this.limits = limits;
    this.clock = clock;
  }

  public void registerPlain(Endpoints endpoints) {
    endpoints.waiting(Method.POST, "/ocsp/{issuer}", this::post);
    endpoints.waiting(Method.GET, "/ocsp/{issuer}/<request>", this::get);
  }

  private void post(Call call) {
    limits.address(call.caller().remoteAddress());
    if (!JsonBody.mediaType(call).equals(REQUEST)) {
      throw JsonBody.unsupported(REQUEST);
    }
    OcspAnswer answer = responder.respond(call.pathParam("issuer"), call.bodyAsBytes());
    call.contentType(RESPONSE).result(answer.der());
  }

  private void get(Call call) {
    limits.address(call.caller().remoteAddress());
    String issuer = call.pathParam("issuer");
    // The path as it was sent: base64 has slashes, which a decoded path would not tell apart
    String prefix = "/ocsp/" + issuer + "/";
    String path = call.rawPath();
    OcspAnswer answer =
        (path.startsWith(prefix)
                ? OcspResponder.decodePath(path.substring(prefix.length()))
                : Optional.<byte[]>empty())
            .map(request -> responder.respond(issuer, request))
            .orElseGet(OcspResponder::malformed);
    if (answer.cacheable() && answer.nextUpdate().isPresent()) {
      Instant nextUpdate = answer.nextUpdate().get();
      long seconds = Math.max(0, Duration.between(clock.instant(), nextUpdate).toSeconds());
      // RFC 5019 6.2
      call.header("Cache-Control", "public, no-transform, must-revalidate, max-age=" + seconds);
      call.header("Expires", Tag.httpDate(nextUpdate));
      if (Tag.unchanged(call, Tag.of(answer.der()), Optional.empty())) {
        return;
      }
    }
    call.contentType(RESPONSE).result(answer.der());
  }
}
