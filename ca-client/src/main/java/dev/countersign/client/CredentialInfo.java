package dev.countersign.client;

import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SpiffeId;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code credential.json} says about a credential.
 *
 * @param urls base URLs of the authority
 * @param authorityId that the authority's own certificate carries, as it was at the first meeting
 * @param trustBundle number of the trust bundle in {@code trust.pem}
 * @param denials number of the newest denial that was known here; an authority that says less plays
 *     back what was
 * @param enrollment id of the enrolment that the first certificate came from
 * @param digests SHA-256 in hexadecimal of each other file of the generation, so that a cut-off
 *     file is noticed
 */
public record CredentialInfo(
    String identity,
    String profile,
    SerialNumber serial,
    Instant notBefore,
    Instant notAfter,
    List<URI> urls,
    Optional<SpiffeId> authorityId,
    long trustBundle,
    long denials,
    RenewalWindow renewal,
    Optional<String> enrollment,
    FilePermissions permissions,
    Map<String, String> digests) {

  /** When to renew, and until when an expired certificate still can be. */
  public record RenewalWindow(Instant start, Instant end, Instant graceUntil) {}

  public Endpoints endpoints() {
    return new Endpoints(urls);
  }

  CredentialInfo withDigests(Map<String, String> computed) {
    return new CredentialInfo(
        identity,
        profile,
        serial,
        notBefore,
        notAfter,
        urls,
        authorityId,
        trustBundle,
        denials,
        renewal,
        enrollment,
        permissions,
        computed);
  }

  /** Knowing this. */
  CredentialInfo with(long trustBundleNumber, long denialNumber) {
    return new CredentialInfo(
        identity,
        profile,
        serial,
        notBefore,
        notAfter,
        urls,
        authorityId,
        trustBundleNumber,
        Math.max(denials, denialNumber),
        renewal,
        enrollment,
        permissions,
        digests);
  }
}
