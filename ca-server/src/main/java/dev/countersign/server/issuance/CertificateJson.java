package dev.countersign.server.issuance;

import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.NamesJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One certificate with all that is kept of it. */
public record CertificateJson(
    String serial,
    String identity,
    String profile,
    String issuer,
    String subject,
    NamesJson names,
    Instant notBefore,
    Instant notAfter,
    String status,
    String keyHash,
    Optional<Instant> revokedAt,
    Optional<String> revocationReason,
    Optional<Instant> invalidityDate,
    Instant issuedAt,
    ProofJson proof,
    String requestedBy,
    Optional<String> remoteAddress,
    Optional<String> previous,
    List<String> lineage,
    Optional<LoadedJson> loaded,
    String certificate) {

  /** By what it was got. */
  public record ProofJson(String kind, String id) {}

  /**
   * A row as it is answered.
   *
   * @param lineage all serials renewed from the same first certificate, oldest first
   */
  public static CertificateJson of(CertificateRow row, List<SerialNumber> lineage, Instant now) {
    CertificateRow.Provenance provenance = row.provenance();
    return new CertificateJson(
        row.serial().toString(),
        row.identity(),
        row.profile(),
        row.issuer(),
        row.certificate().subject(),
        NamesJson.of(row.certificate().names()),
        row.certificate().notBefore(),
        row.certificate().notAfter(),
        row.statusAt(now).label(),
        row.keyHash(),
        row.denial().map(Denial::revokedAt),
        row.denial().map(Denial::reason).map(RevocationReason::label),
        row.denial().flatMap(Denial::invalidityDate),
        provenance.issuedAt(),
        new ProofJson(provenance.proofKind(), provenance.proofId()),
        provenance.requestedBy(),
        provenance.remoteAddress(),
        row.previous().map(SerialNumber::toString),
        lineage.stream().map(SerialNumber::toString).toList(),
        Optional.empty(),
        row.certificate().toPem());
  }

  /** With what was heard of who has it. */
  CertificateJson with(Optional<LoadedJson> heard) {
    return new CertificateJson(
        serial,
        identity,
        profile,
        issuer,
        subject,
        names,
        notBefore,
        notAfter,
        status,
        keyHash,
        revokedAt,
        revocationReason,
        invalidityDate,
        issuedAt,
        proof,
        requestedBy,
        remoteAddress,
        previous,
        lineage,
        heard,
        certificate);
  }
}
