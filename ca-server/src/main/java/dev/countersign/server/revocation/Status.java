package dev.countersign.server.revocation;

import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.issuance.Denial;
import java.time.Instant;
import java.util.Optional;

/**
 * What an OCSP answer is made of.
 *
 * @param state {@code ACTIVE}, {@code HELD} or {@code REVOKED}
 * @param denial of the latter two
 */
public record Status(CertificateStatus state, Optional<Denial> denial, Instant notAfter) {}
