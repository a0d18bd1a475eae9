package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.RevocationReason;
import java.time.Instant;

/**
 * A CA whose certificate is revoked.
 *
 * @param answers what OCSP says of it
 */
public record RevokedAuthority(
    String name,
    Certificate certificate,
    Instant revokedAt,
    RevocationReason reason,
    RootAnswers answers) {

  /** Whether this root has certified it. */
  public boolean isOf(Authority root) {
    return java.util.Arrays.equals(root.certificate().subjectDer(), certificate.issuerDer());
  }
}
