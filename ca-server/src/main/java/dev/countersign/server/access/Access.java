package dev.countersign.server.access;

import dev.countersign.pki.Certificate;
import dev.countersign.server.http.Caller;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.Role;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.issuance.CertificateStore;
import dev.countersign.server.issuance.Presented;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Looks the caller up. */
public final class Access {
  public static final Set<Role> READERS = EnumSet.allOf(Role.class);
  public static final Set<Role> WRITERS = EnumSet.of(Role.ADMIN, Role.OPERATOR);
  public static final Set<Role> LEDGER_READERS = EnumSet.of(Role.ADMIN, Role.AUDITOR);

  private final Identities identities;
  private final CertificateStore certificates;
  private final InstantSource clock;

  public Access(Identities identities, CertificateStore certificates, InstantSource clock) {
    this.identities = identities;
    this.certificates = certificates;
    this.clock = clock;
  }

  /**
   * The operator who calls.
   *
   * @throws Refusal when the caller shows no valid certificate of ours, or its identity has none of
   *     these roles now
   */
  public Operator operator(Caller caller, Set<Role> roles) {
    return operator(presented(caller, certificates::presented), caller, roles);
  }

  /**
   * The same, perhaps as it was a while ago: for what is recorded only if {@link Operator#check}
   * says in the same transaction that it is still so.
   */
  public Operator rememberedOperator(Caller caller, Set<Role> roles) {
    try {
      return operator(presented(caller, certificates::remembered), caller, roles);
    } catch (Refusal e) {
      return operator(caller, roles);
    }
  }

  private Operator operator(Presented presented, Caller caller, Set<Role> roles) {
    Optional<Role> role = presented.role();
    if (role.isEmpty() || !roles.contains(role.get())) {
      throw new Refusal(
          Kind.FORBIDDEN,
          "The identity "
              + presented.identity()
              + " needs one of these roles for this: "
              + String.join(", ", roles.stream().map(Role::label).toList())
              + ".");
    }
    mustActByRole(presented);
    return operator(presented, role.get(), caller);
  }

  /** Whether the caller is such an operator, without a refusal when it is not. */
  public Optional<Operator> operatorIfAny(Caller caller, Set<Role> roles) {
    Presented presented = presented(caller, certificates::presented);
    return presented
        .role()
        .filter(roles::contains)
        .filter(role -> isOperators(presented) && isSinceRole(presented))
        .map(role -> operator(presented, role, caller));
  }

  private static Operator operator(Presented presented, Role role, Caller caller) {
    return new Operator(presented.identity(), presented.number(), role, caller.remoteAddress());
  }

  /**
   * The holder of the certificate that TLS proved.
   *
   * @throws Refusal when there is none, or it is not valid now
   */
  public Holder holder(Caller caller) {
    return holder(caller, identities::find);
  }

  /**
   * The same.
   *
   * @param lookUp an identity by its name
   */
  public Holder holder(Caller caller, Function<String, Optional<Identity>> lookUp) {
    Certificate certificate = shown(caller);
    CertificateRow row = known(certificate).orElseThrow(Access::notRecorded);
    mustBeGood(certificate, row.status());
    return new Holder(row, identity(row, lookUp));
  }

  /** The identity of a certificate; refused when it is revoked. */
  public Identity identity(CertificateRow row, Function<String, Optional<Identity>> lookUp) {
    // Of a certificate that is refused anyway, the reason may be that its identity is revoked
    boolean refused = row.status() != CertificateStatus.ACTIVE;
    Identity identity =
        (refused ? identities.find(row.identity()) : lookUp.apply(row.identity()))
            .orElseThrow(() -> new IllegalStateException("no identity " + row.identity()));
    if (!identity.isActive()) {
      throw identityRevoked(identity.name());
    }
    return identity;
  }

  /** The row of exactly this certificate, if it is one of ours. */
  public Optional<CertificateRow> known(Certificate presented) {
    return certificates.shown(presented);
  }

  /**
   * Checks the state on record.
   *
   * @throws Refusal when it is revoked or on hold
   */
  public static void mustNotBeRevoked(CertificateStatus status) {
    if (status == CertificateStatus.REVOKED) {
      throw new Refusal(
          Kind.CERTIFICATE_REVOKED,
          "This certificate is revoked; enrol again with a new enrolment string.");
    }
    if (status == CertificateStatus.HELD) {
      throw new Refusal(
          Kind.CERTIFICATE_REVOKED,
          "This certificate is on hold; an operator of the CA can release it.");
    }
  }

  /** A service's key lies on a machine that others may have; a role is for a person's own. */
  private static boolean isOperators(Presented presented) {
    return presented.profile().equals(Profile.OPERATOR);
  }

  /** Whoever had it made before could not know that it would be worth a role. */
  private static boolean isSinceRole(Presented presented) {
    return presented.number() > presented.roleAfter();
  }

  private static void mustActByRole(Presented presented) {
    if (!isOperators(presented)) {
      throw new Refusal(
          Kind.FORBIDDEN,
          "This certificate of "
              + presented.identity()
              + " has the profile "
              + presented.profile()
              + ", and only one of the profile operator acts by a role: have an admin make a"
              + " string for it (countersign enrollment create "
              + presented.identity()
              + " --profile operator), and enrol with that.");
    }
    if (!isSinceRole(presented)) {
      throw new Refusal(
          Kind.FORBIDDEN,
          "This certificate is from before "
              + presented.identity()
              + " was given its role, and does not act by it: have an admin make a new string"
              + " (countersign enrollment create "
              + presented.identity()
              + " --profile operator), and enrol with that.");
    }
  }

  private Presented presented(
      Caller caller, Function<Certificate, Optional<Presented>> certificates) {
    Certificate certificate = shown(caller);
    Presented presented = certificates.apply(certificate).orElseThrow(Access::notRecorded);
    mustBeGood(certificate, presented.status());
    if (presented.state() == Identity.State.REVOKED) {
      throw identityRevoked(presented.identity());
    }
    return presented;
  }

  private static Certificate shown(Caller caller) {
    return caller
        .certificate()
        .orElseThrow(
            () ->
                new Refusal(
                    Kind.UNAUTHENTICATED,
                    "Show a client certificate of this authority in the TLS handshake."));
  }

  private static Refusal notRecorded() {
    return new Refusal(
        Kind.UNAUTHENTICATED,
        "The client certificate is not recorded here: use one that this authority issued.");
  }

  private void mustBeGood(Certificate certificate, CertificateStatus status) {
    mustNotBeRevoked(status);
    // An open connection may outlive the certificate that opened it
    if (!certificate.isValidAt(clock.instant())) {
      throw new Refusal(
          Kind.CERTIFICATE_EXPIRED,
          "The client certificate is expired: renew it by a signed request, then connect again.");
    }
  }

  private static Refusal identityRevoked(String name) {
    return new Refusal(
        Kind.IDENTITY_REVOKED,
        "The identity " + name + " is revoked; an operator of the CA can restore it.");
  }
}
