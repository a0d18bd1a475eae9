package dev.countersign.server.issuance;

import dev.countersign.db.Dialect;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.server.access.Access;
import dev.countersign.server.access.Operator;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Caller;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.RateLimits;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.NamesJson;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** {@code POST /v1/certificates}: an operator issues for an identity. */
public final class IssueRoutes {
  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[!-~]{1,64}");

  private final Issuance issuance;
  private final Identities identities;
  private final Access access;
  private final IssuedJson.Companions companions;
  private final RateLimits limits;
  private final Dialect dialect;

  public IssueRoutes(
      Issuance issuance,
      Identities identities,
      Access access,
      IssuedJson.Companions companions,
      RateLimits limits,
      Dialect dialect) {
    this.issuance = issuance;
    this.identities = identities;
    this.access = access;
    this.companions = companions;
    this.limits = limits;
    this.dialect = dialect;
  }

  record IssueBody(
      String csr,
      String identity,
      Optional<String> profile,
      Optional<NamesJson> names,
      Optional<Duration> lifetime) {}

  public void register(Endpoints endpoints) {
    endpoints.recorded(Method.POST, "/v1/certificates", this::issue);
  }

  private CompletableFuture<?> issue(Call call) throws InvalidRequestException {
    Caller caller = call.caller();
    limits.address(caller.remoteAddress());
    Operator operator = access.rememberedOperator(caller, Access.WRITERS);
    limits.identity(operator.name());
    IssueBody body = JsonBody.read(call, IssueBody.class);
    Optional<String> key = idempotencyKey(call);
    Supplier<Applicant> door =
        () ->
            applicant(
                access.operator(caller, Access.WRITERS),
                identities.find(body.identity()),
                key,
                body);
    Admitted admitted = issuance.admitted(() -> remembered(operator, key, body, door), door);
    return issuance
        .issue(admitted, CertificateRequest.verified(body.csr()))
        .thenAccept(
            issued -> {
              call.header("Location", "/v1/certificates/" + issued.certificate().serial());
              Answers.json(call, 201, IssuedJson.of(issued, companions));
            });
  }

  private Applicant remembered(
      Operator operator, Optional<String> key, IssueBody body, Supplier<Applicant> door) {
    try {
      return applicant(operator, identities.remembered(body.identity()), key, body);
    } catch (Refusal e) {
      return door.get();
    }
  }

  private Applicant applicant(
      Operator operator, Optional<Identity> found, Optional<String> key, IssueBody body) {
    Identities.mustNotBeReserved(body.identity());
    Identity identity = found.orElseThrow(() -> Identities.unknown(body.identity()));
    operator.mayTouch(identity.role());
    if (!identity.isActive()) {
      throw new Refusal(
          Kind.IDENTITY_REVOKED,
          "The identity " + identity.name() + " is revoked; restore it first.");
    }
    return new Applicant(
        identity,
        body.profile().orElse(identity.profile()),
        new OperatorProof(operator, identity.role(), key, dialect),
        operator.actor(),
        Optional.empty(),
        body.names().map(names -> names.names("/names")),
        body.lifetime());
  }

  private static Optional<String> idempotencyKey(Call call) {
    Optional<String> key = Optional.ofNullable(call.header("Idempotency-Key"));
    key.ifPresent(
        text -> {
          if (!IDEMPOTENCY_KEY.matcher(text).matches()) {
            throw new Refusal(
                Kind.MALFORMED, "An Idempotency-Key is 1 to 64 visible ASCII characters.");
          }
        });
    return key;
  }
}
