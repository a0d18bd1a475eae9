package dev.countersign.server.policy;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.policy.rules.AsksForNoCa;
import dev.countersign.server.policy.rules.CarriesFewNames;
import dev.countersign.server.policy.rules.ExtensionsAreGranted;
import dev.countersign.server.policy.rules.KeyAlgorithmIsInProfile;
import dev.countersign.server.policy.rules.KeyIsNotTheAuthoritys;
import dev.countersign.server.policy.rules.LifetimeIsAllowed;
import dev.countersign.server.policy.rules.NameKindsAreInProfile;
import dev.countersign.server.policy.rules.NamesAreIdentitys;
import dev.countersign.server.policy.rules.NamesAreWithinConstraints;
import dev.countersign.server.policy.rules.OcspIsForTheServer;
import dev.countersign.server.policy.rules.OperatorsHaveRoles;
import dev.countersign.server.policy.rules.SpiffeIdIsIdentitys;
import dev.countersign.server.policy.rules.SpiffeIdIsTheOnlyUri;
import dev.countersign.server.policy.rules.TheAuthoritysIdIsItsOwn;
import dev.countersign.server.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The step "approve": every rule, and then what exactly is granted. It asks nobody: whether a key
 * is denied, or another identity's, is decided where it is recorded, since only there it stays so.
 */
public final class IssuancePolicy {
  // Relying parties whose clocks are slow take what was just issued.
  static final Duration BACK_DATING = Duration.ofSeconds(60);

  static final List<Rule> RULES =
      List.of(
          new OcspIsForTheServer(),
          new OperatorsHaveRoles(),
          new AsksForNoCa(),
          new ExtensionsAreGranted(),
          new KeyAlgorithmIsInProfile(),
          new KeyIsNotTheAuthoritys(),
          new NamesAreIdentitys(),
          new TheAuthoritysIdIsItsOwn(),
          new SpiffeIdIsIdentitys(),
          new NameKindsAreInProfile(),
          new SpiffeIdIsTheOnlyUri(),
          new CarriesFewNames(),
          new NamesAreWithinConstraints(),
          new LifetimeIsAllowed());

  private final Profiles profiles;
  private final Hierarchy hierarchy;
  private final String trustDomain;

  public IssuancePolicy(Profiles profiles, Hierarchy hierarchy, String trustDomain) {
    this.profiles = profiles;
    this.hierarchy = hierarchy;
    this.trustDomain = trustDomain;
  }

  /**
   * Grants what is asked for, or says why not.
   *
   * @param issuer that will sign
   * @throws Refusal with the first reason found
   */
  public ApprovedRequest approve(
      Entitlement entitlement, CertificateRequest request, Authority issuer, Instant now) {
    Profile profile = profiles.require(entitlement.profile());
    Duration lifetime = entitlement.wantedLifetime().orElse(profile.defaultLifetime());
    Claim.Surroundings surroundings = new Claim.Surroundings(issuer, hierarchy.all(), trustDomain);
    Names wanted = wantedNames(entitlement, request, profile);
    Claim claim = new Claim(entitlement, request, profile, wanted, lifetime, surroundings);
    claim = new Claim(entitlement, request, profile, withSpiffeId(claim), lifetime, surroundings);
    for (Rule rule : RULES) {
      rule.check(claim);
    }
    return new ApprovedRequest(
        entitlement.identity(),
        profile,
        request.key(),
        claim.names(),
        validity(lifetime, issuer, now),
        RequestedExtension.of(request).stream()
            .filter(extension -> profile.copiedExtensions().contains(extension.oid()))
            .toList());
  }

  /**
   * What was asked for; and if nothing was, all of the identity's names that the profile can carry.
   */
  private static Names wantedNames(
      Entitlement entitlement, CertificateRequest request, Profile profile) {
    if (entitlement.wantedNames().isPresent()) {
      return entitlement.wantedNames().get();
    }
    if (!request.names().isEmpty()) {
      return request.names();
    }
    return entitlement.names().only(profile.nameKinds());
  }

  private static Names withSpiffeId(Claim claim) {
    if (!claim.addsSpiffeId()) {
      return claim.names();
    }
    Names own = names(List.of(claim.spiffeId()));
    Names others = claim.names().minus(own);
    try {
      return others.plus(own);
    } catch (InvalidRequestException e) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "With the SPIFFE ID of the profile that would be more than "
              + Names.MOST
              + " names: ask for fewer.");
    }
  }

  private static Names names(List<SubjectName> list) {
    try {
      return Names.of(list);
    } catch (InvalidRequestException e) {
      throw new IllegalStateException("Names that were good are good no more: " + e.detail(), e);
    }
  }

  private static ApprovedRequest.Validity validity(
      Duration lifetime, Authority issuer, Instant now) {
    Instant start = now.truncatedTo(ChronoUnit.SECONDS);
    Instant notBefore = start.minus(BACK_DATING);
    // RFC 5280 4.1.2.5: notAfter is the last second that counts
    Instant notAfter = start.plus(lifetime.truncatedTo(ChronoUnit.SECONDS)).minusSeconds(1);
    Instant first = issuer.certificate().notBefore();
    Instant last = issuer.certificate().notAfter();
    if (!start.isBefore(last)) {
      throw new Refusal(
          Refusal.Kind.UNAVAILABLE,
          "The issuing CA's own certificate ends at " + last + ": the CA must be rotated first.");
    }
    return new ApprovedRequest.Validity(
        notBefore.isBefore(first) ? first : notBefore, notAfter.isAfter(last) ? last : notAfter);
  }
}
