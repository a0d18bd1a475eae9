package dev.countersign.server.renewal;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.access.Access;
import dev.countersign.server.access.Operator;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.http.RateLimits;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.issuance.CertificateRoutes;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.issuance.CertificateStore;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** {@code GET /v1/renewal-info/{id}} and {@code POST /v1/renewal-calls}. */
public final class RenewalInfoRoutes {
  // RFC 9773 4.3: how long clients wait before they ask again
  private static final Duration AGAIN = Duration.ofHours(1);
  private static final Duration USUAL = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(30);
  private static final int LONGEST_ID = 128;

  private final RenewalInfos infos;
  private final Known known;
  private final Access access;
  private final RateLimits limits;

  /** What there is that can be called for. */
  public record Known(CertificateStore certificates, Identities identities, Hierarchy hierarchy) {}

  /**
   * @param limits of questions
   */
  public RenewalInfoRoutes(RenewalInfos infos, Known known, Access access, RateLimits limits) {
    this.infos = infos;
    this.known = known;
    this.access = access;
    this.limits = limits;
  }

  record WindowJson(Instant start, Instant end) {}

  record InfoJson(WindowJson suggestedWindow, Instant graceUntil, String why) {}

  record CallBody(
      Optional<String> certificate,
      Optional<String> identity,
      Optional<String> issuer,
      Optional<Duration> within) {
    CallBody {
      if (Stream.of(certificate, identity, issuer).filter(Optional::isPresent).count() != 1) {
        throw new Refusal(
            Kind.MALFORMED, "Give one of certificate (a serial number), identity and issuer.");
      }
      within.ifPresent(
          time -> {
            if (time.isNegative() || time.compareTo(LONGEST) > 0) {
              throw Refusal.at(Kind.MALFORMED, "/within", "within is PT0S to P30D.");
            }
          });
    }
  }

  record CallJson(String kind, String name, Instant calledAt, String within) {}

  public void register(Endpoints endpoints) {
    endpoints.waiting(Method.GET, "/v1/renewal-info/{id}", this::info);
    endpoints.waiting(Method.POST, "/v1/renewal-calls", this::call);
  }

  private void info(Call call) {
    limits.address(call.caller().remoteAddress());
    Parameters.only(call, Set.of());
    CertificateRow row =
        serial(call.pathParam("id"))
            .flatMap(known.certificates()::find)
            .orElseThrow(CertificateRoutes::unknown);
    RenewalInfos.Info info = infos.of(row);
    call.header("Retry-After", Long.toString(AGAIN.toSeconds()));
    Answers.json(
        call,
        200,
        new InfoJson(
            new WindowJson(info.window().start(), info.window().end()),
            info.window().graceUntil(),
            info.why().label()));
  }

  /** RFC 9773 4.1, or the serial number alone in hexadecimal. */
  private static Optional<SerialNumber> serial(String id) {
    try {
      int dot = id.indexOf('.');
      if (id.length() > LONGEST_ID) {
        return Optional.empty();
      }
      return Optional.of(
          dot < 0
              ? SerialNumber.parse(id)
              : SerialNumber.of(
                  new BigInteger(Base64.getUrlDecoder().decode(id.substring(dot + 1)))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void call(Call call) {
    Operator operator = access.operator(call.caller(), Access.WRITERS);
    CallBody body = JsonBody.read(call, CallBody.class);
    Duration within = body.within().orElse(USUAL);
    RenewalCall made = infos.call(kind(body), mustBeKnown(body), within, operator);
    Answers.json(
        call,
        201,
        new CallJson(made.kind().label(), made.name(), made.calledAt(), made.within().toString()));
  }

  private static RenewalCall.Kind kind(CallBody body) {
    if (body.certificate().isPresent()) {
      return RenewalCall.Kind.CERTIFICATE;
    }
    return body.identity().isPresent() ? RenewalCall.Kind.IDENTITY : RenewalCall.Kind.ISSUER;
  }

  private String mustBeKnown(CallBody body) {
    if (body.certificate().isPresent()) {
      return serial(body.certificate().get())
          .flatMap(known.certificates()::find)
          .orElseThrow(CertificateRoutes::unknown)
          .serial()
          .toString();
    }
    if (body.identity().isPresent()) {
      String name = body.identity().get();
      return known.identities().find(name).orElseThrow(() -> Identities.unknown(name)).name();
    }
    return known
        .hierarchy()
        .find(body.issuer().orElseThrow())
        .filter(authority -> authority.kind() == Authority.Kind.ISSUING)
        .orElseThrow(
            () ->
                new Refusal(
                    Kind.NOT_FOUND,
                    "There is no issuing CA of this name: see those that there are (countersign"
                        + " authority list)."))
        .name();
  }
}
