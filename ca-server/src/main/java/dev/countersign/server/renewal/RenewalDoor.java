package dev.countersign.server.renewal;

import dev.countersign.pki.FlattenedJws;
import dev.countersign.server.access.Access;
import dev.countersign.server.access.Holder;
import dev.countersign.server.access.SignedHolders;
import dev.countersign.server.http.Caller;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.issuance.RenewalProof;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * Admits whoever has the key of a certificate of ours: proved by TLS, or by a request signed with
 * it. Only the latter takes one that is expired, within the grace of its profile, because TLS
 * refuses expired certificates.
 */
public final class RenewalDoor {
  public static final String PATH = "/v1/renew";

  private final Access access;
  private final SignedHolders signed;
  private final Function<String, Duration> graceOf;
  private final InstantSource clock;

  /**
   * @param graceOf a profile, by its name: how long after its end a certificate is still renewed
   */
  public RenewalDoor(
      Access access,
      SignedHolders signed,
      Function<String, Duration> graceOf,
      InstantSource clock) {
    this.access = access;
    this.signed = signed;
    this.graceOf = graceOf;
    this.clock = clock;
  }

  /**
   * By mutual TLS.
   *
   * @param identities looks one up
   */
  public Applicant admit(Caller caller, Function<String, Optional<Identity>> identities) {
    Holder holder = access.holder(caller, identities);
    mustNotBeOurs(holder.identity());
    return applicant(holder.certificate(), holder.identity(), caller.remoteAddress());
  }

  /** By a signed request. */
  public Applicant admit(
      FlattenedJws jws, String remoteAddress, Function<String, Optional<Identity>> identities) {
    CertificateRow row = signed.certificate(jws, PATH);
    Identity identity = access.identity(row, identities);
    mustNotBeOurs(identity);
    Access.mustNotBeRevoked(row.status());
    Instant end = row.certificate().notAfter();
    Instant last = end.plus(graceOf.apply(row.profile()));
    // RFC 5280 4.1.2.5: notAfter is inclusive of its second
    if (clock.instant().isAfter(last.plusSeconds(1))) {
      throw new Refusal(
          Kind.CERTIFICATE_EXPIRED,
          "The certificate ended at "
              + end
              + " and could be renewed until "
              + last
              + "; enrol again with a new enrolment string.");
    }
    return applicant(row, identity, remoteAddress);
  }

  private static Applicant applicant(CertificateRow row, Identity identity, String remoteAddress) {
    return new Applicant(
        identity,
        row.profile(),
        new RenewalProof(row.serial()),
        Actor.certificate(row.serial().toString(), remoteAddress),
        Optional.of(row.serial()),
        Optional.empty(),
        Optional.empty());
  }

  private static void mustNotBeOurs(Identity identity) {
    if (identity.name().equals(Identity.RESERVED)) {
      throw new Refusal(
          Kind.FORBIDDEN, "The certificates of the authority itself are renewed by itself alone.");
    }
  }
}
