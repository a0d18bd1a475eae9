package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.SerialNumber;
import java.time.Instant;
import java.util.Optional;

/**
 * All that is kept of a certificate.
 *
 * @param number its place in the order of issue, within this database
 * @param issuer the authority's name, as {@code issuing-1}
 * @param keyHash SHA-256 of the SubjectPublicKeyInfo, 64 lower-case hexadecimal digits
 * @param status as stored: never {@code EXPIRED}; see {@link #statusAt}
 * @param previous the certificate that this one renewed
 * @param lineage the first certificate of the chain of renewals: itself if it renewed none
 */
public record CertificateRow(
    long number,
    Certificate certificate,
    String identity,
    String profile,
    String issuer,
    String keyHash,
    CertificateStatus status,
    Optional<Denial> denial,
    Provenance provenance,
    Optional<SerialNumber> previous,
    SerialNumber lineage) {

  /**
   * Who asked for it and by what proof.
   *
   * @param remoteAddress empty for the server itself
   */
  public record Provenance(
      String proofKind,
      String proofId,
      String requestedBy,
      Optional<String> remoteAddress,
      Instant issuedAt) {}

  public SerialNumber serial() {
    return certificate.serial();
  }

  /** As it is after its hold was lifted. */
  public CertificateRow released() {
    return new CertificateRow(
        number,
        certificate,
        identity,
        profile,
        issuer,
        keyHash,
        CertificateStatus.ACTIVE,
        Optional.empty(),
        provenance,
        previous,
        lineage);
  }

  public CertificateStatus statusAt(Instant now) {
    boolean over = now.isAfter(certificate.notAfter()); // RFC 5280 4.1.2.5: notAfter is inclusive
    return over && status != CertificateStatus.REVOKED ? CertificateStatus.EXPIRED : status;
  }
}
