package dev.countersign.server.policy;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.Names;
import dev.countersign.pki.SpiffeId;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.authority.Authority;
import java.time.Duration;
import java.util.List;

/**
 * All that a rule sees.
 *
 * @param names that the certificate would carry, the SPIFFE ID among them
 * @param lifetime that it would have
 */
public record Claim(
    Entitlement entitlement,
    CertificateRequest request,
    Profile profile,
    Names names,
    Duration lifetime,
    Surroundings surroundings) {

  /**
   * What is so, whoever asks.
   *
   * @param issuer that would sign
   * @param authorities all of this CA
   */
  public record Surroundings(Authority issuer, List<Authority> authorities, String trustDomain) {}

  /** Whom the certificate is for. */
  public SpiffeId holder() {
    return new SpiffeId(surroundings.trustDomain(), entitlement.identity());
  }

  /** The name that says who the certificate is for, where {@link #addsSpiffeId()}. */
  public SubjectName spiffeId() {
    return SubjectName.uri(holder().toString());
  }

  /**
   * Whether the SPIFFE ID is added by itself: where the profile says so, and always to the
   * authority's listener, which clients know the authority by.
   */
  public boolean addsSpiffeId() {
    return profile.spiffeId()
        || (entitlement.standing() == Entitlement.Standing.SELF
            && !profile.name().equals(Profile.OCSP));
  }

  /** Whether this name is there without being asked for. */
  public boolean adds(SubjectName name) {
    return addsSpiffeId() && name.equals(spiffeId());
  }
}
