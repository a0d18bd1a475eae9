package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import dev.countersign.server.access.Access;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.Tag;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code /v1/authorities}, and the issuer certificates that {@code caIssuers} points to. */
public final class AuthorityRoutes {
  private final Hierarchy hierarchy;
  private final RevokedAuthorities revokedCas;
  private final Access access;
  private final Function<String, Optional<Long>> crlNumber;

  /**
   * @param crlNumber of the newest list of the authority with this name
   */
  public AuthorityRoutes(
      Hierarchy hierarchy,
      RevokedAuthorities revokedCas,
      Access access,
      Function<String, Optional<Long>> crlNumber) {
    this.hierarchy = hierarchy;
    this.revokedCas = revokedCas;
    this.access = access;
    this.crlNumber = crlNumber;
  }

  record AuthorityJson(
      String name,
      String kind,
      String state,
      String subject,
      String serial,
      String keyAlgorithm,
      Instant notBefore,
      Instant notAfter,
      String pin,
      Optional<Instant> revokedAt,
      Optional<String> revocationReason,
      boolean keyPresent,
      Optional<Long> crlNumber,
      String certificate) {}

  record AuthoritiesJson(List<AuthorityJson> items) {}

  public void register(Endpoints endpoints) {
    endpoints.waiting(Method.GET, "/v1/authorities", this::list);
    endpoints.waiting(Method.GET, "/v1/authorities/{name}", this::get);
  }

  /** On the plain listener. */
  public void registerPlain(Endpoints endpoints) {
    endpoints.quick(Method.GET, "/ca/{issuer}.crt", this::certificate);
  }

  private void list(Call call) {
    access.operator(call.caller(), Access.READERS);
    Answers.json(call, 200, new AuthoritiesJson(hierarchy.all().stream().map(this::json).toList()));
  }

  private void get(Call call) {
    access.operator(call.caller(), Access.READERS);
    Answers.json(call, 200, json(named(call.pathParam("name"))));
  }

  // RFC 5280 4.2.2.1: a single DER certificate, application/pkix-cert
  private void certificate(Call call) {
    Certificate certificate = named(call.pathParam("issuer")).certificate();
    call.header("Cache-Control", "public, max-age=86400");
    if (!Tag.unchanged(call, Tag.of(certificate.encoded()), Optional.of(certificate.notBefore()))) {
      call.contentType("application/pkix-cert").result(certificate.encoded());
    }
  }

  private Authority named(String name) {
    return hierarchy
        .find(name)
        .orElseThrow(
            () ->
                new Refusal(
                    Kind.NOT_FOUND,
                    "There is no authority of this name: see those that there are (countersign"
                        + " authority list)."));
  }

  private AuthorityJson json(Authority authority) {
    Certificate certificate = authority.certificate();
    Optional<RevokedAuthority> revoked =
        revokedCas.all().stream().filter(ca -> ca.name().equals(authority.name())).findFirst();
    return new AuthorityJson(
        authority.name(),
        authority.kind().label(),
        authority.state().label(),
        certificate.subject(),
        certificate.serial().toString(),
        authority.keyAlgorithm().label(),
        certificate.notBefore(),
        certificate.notAfter(),
        certificate.pin().toString(),
        revoked.map(RevokedAuthority::revokedAt),
        revoked.map(ca -> ca.reason().label()),
        authority.keyPresent(),
        crlNumber.apply(authority.name()),
        certificate.toPem());
  }
}
