package dev.countersign.server.revocation;

import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.access.Access;
import dev.countersign.server.access.Operator;
import dev.countersign.server.access.SignedHolders;
import dev.countersign.server.http.ActJson;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Caller;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.http.RateLimits;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.Role;
import dev.countersign.server.issuance.CertificateJson;
import dev.countersign.server.issuance.CertificateRoutes;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.issuance.CertificateStore;
import dev.countersign.server.ledger.Act;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Revoking, holding and releasing certificates, and revoking identities. */
public final class RevocationRoutes {
  // Those of an end entity; the others of RFC 5280 5.3.1 are for CAs and delta CRLs
  private static final Set<RevocationReason> REASONS =
      EnumSet.of(
          RevocationReason.UNSPECIFIED,
          RevocationReason.KEY_COMPROMISE,
          RevocationReason.AFFILIATION_CHANGED,
          RevocationReason.SUPERSEDED,
          RevocationReason.CESSATION_OF_OPERATION,
          RevocationReason.CERTIFICATE_HOLD,
          RevocationReason.PRIVILEGE_WITHDRAWN);

  private final Revocations revocations;
  private final CertificateStore certificates;
  private final Access access;
  private final SignedHolders signed;
  private final RateLimits limits;
  private final InstantSource clock;

  public RevocationRoutes(
      Revocations revocations,
      CertificateStore certificates,
      Access access,
      SignedHolders signed,
      RateLimits limits,
      InstantSource clock) {
    this.revocations = revocations;
    this.certificates = certificates;
    this.access = access;
    this.signed = signed;
    this.limits = limits;
    this.clock = clock;
  }

  record RevokeBody(String reason, Optional<Instant> invalidityDate) {
    RevocationReason parsed() {
      try {
        RevocationReason parsed = RevocationReason.parse(reason);
        if (REASONS.contains(parsed) && parsed.label().equals(reason)) {
          return parsed;
        }
      } catch (IllegalArgumentException e) {
        // answered below
      }
      throw Refusal.at(
          Kind.MALFORMED,
          "/reason",
          "The reason is one of "
              + String.join(", ", REASONS.stream().map(RevocationReason::label).toList())
              + ".");
    }
  }

  record RevocationJson(
      String serial,
      String reason,
      Instant revokedAt,
      List<String> revoked,
      long denials,
      boolean changed) {}

  record IdentityRevocationJson(
      String identity,
      String reason,
      Instant revokedAt,
      List<String> revoked,
      List<String> cancelledEnrollments,
      long denials,
      boolean changed) {}

  public void register(Endpoints endpoints) {
    endpoints.waiting(Method.POST, "/v1/certificates/{serial}/revoke", this::revoke);
    endpoints.waiting(Method.POST, "/v1/certificates/{serial}/release", this::release);
    endpoints.waiting(Method.POST, "/v1/identities/{name}/revoke", this::revokeIdentity);
  }

  private void revoke(Call call) {
    Caller caller = call.caller();
    SerialNumber serial = Parameters.serialInPath(call);
    RevokeBody body;
    Mandate mandate;
    switch (JsonBody.mediaType(call)) {
      case JsonBody.JOSE_JSON -> {
        // Only here: an operator, whom TLS has proved, is not slowed down when much has to go
        limits.address(caller.remoteAddress());
        FlattenedJws jws = JsonBody.read(call, JsonBody.JOSE_JSON, FlattenedJws.class);
        CertificateRow own = signed.certificate(jws, call.path());
        body = JsonBody.parse(jws.payloadBytes(), RevokeBody.class);
        mandate = self(own, serial, caller);
      }
      case JsonBody.JSON -> {
        mandate = revoker(caller, serial);
        body = JsonBody.read(call, RevokeBody.class);
      }
      default -> {
        revoker(caller, serial);
        throw JsonBody.unsupported(JsonBody.JSON, JsonBody.JOSE_JSON);
      }
    }
    Act<Revocation> act = revocations.revoke(serial, body.parsed(), body.invalidityDate(), mandate);
    Revocation done = act.result();
    Answers.json(
        call,
        200,
        new RevocationJson(
            done.serial().toString(),
            done.reason().label(),
            done.revokedAt(),
            texts(done.all()),
            done.denials(),
            act.changed()));
  }

  /** The certificate itself, or an operator who may revoke it. */
  private Mandate revoker(Caller caller, SerialNumber serial) {
    // First: it needs no role for this, not even to revoke an admin's
    if (caller.certificate().filter(shown -> shown.serial().equals(serial)).isPresent()) {
      return self(access.holder(caller).certificate(), serial, caller);
    }
    Optional<Operator> operator = access.operatorIfAny(caller, Access.WRITERS);
    if (operator.isPresent()) {
      notOurs(serial);
      return operator.get();
    }
    // Refused for auditors, who may see it; for others it does not even exist
    if (access.operatorIfAny(caller, EnumSet.of(Role.AUDITOR)).isPresent()) {
      throw new Refusal(Kind.FORBIDDEN, "Revoking needs the role operator or admin.");
    }
    throw CertificateRoutes.unknown();
  }

  private static Mandate self(CertificateRow own, SerialNumber serial, Caller caller) {
    if (!own.serial().equals(serial)) {
      throw CertificateRoutes.unknown();
    }
    Identities.mustNotBeReserved(own.identity());
    return Mandate.ofItself(Actor.certificate(serial.toString(), caller.remoteAddress()));
  }

  private CertificateRow notOurs(SerialNumber serial) {
    CertificateRow row = certificates.find(serial).orElseThrow(CertificateRoutes::unknown);
    Identities.mustNotBeReserved(row.identity());
    return row;
  }

  private void release(Call call) {
    Operator operator = access.operator(call.caller(), Access.WRITERS);
    SerialNumber serial = Parameters.serialInPath(call);
    CertificateRow row = notOurs(serial);
    List<SerialNumber> lineage = certificates.lineage(row);
    boolean changed = revocations.release(serial, operator).changed();
    // Nothing is read after the act: a failure there would be told as one before it
    CertificateJson json = CertificateJson.of(row.released(), lineage, clock.instant());
    Answers.json(call, 200, new ActJson(json, changed));
  }

  private void revokeIdentity(Call call) {
    Operator operator = access.operator(call.caller(), Access.WRITERS);
    String name = call.pathParam("name");
    RevokeBody body = JsonBody.read(call, RevokeBody.class);
    Act<IdentityRevocation> act =
        revocations.revokeIdentity(name, body.parsed(), body.invalidityDate(), operator);
    IdentityRevocation done = act.result();
    Answers.json(
        call,
        200,
        new IdentityRevocationJson(
            done.identity(),
            done.reason().label(),
            done.revokedAt(),
            texts(done.revoked()),
            done.cancelledEnrollments(),
            done.denials(),
            act.changed()));
  }

  private static List<String> texts(List<SerialNumber> serials) {
    return serials.stream().map(SerialNumber::toString).toList();
  }
}
