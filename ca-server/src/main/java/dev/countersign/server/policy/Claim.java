package dev.countersign.server.policy;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.Names;
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
  public record Surroundings(
      Authority issuer, List<Authority> authorities, KeyHistory key, String trustDomain) {}

  /** The name that the profile adds by itself. */
  public String spiffeId() {
    return "spiffe://" + surroundings.trustDomain() + "/" + entitlement.identity();
  }
}
