package dev.countersign.server.issuance;

import dev.countersign.pki.RevocationReason;
import java.time.Instant;
import java.util.Optional;

/**
 * That a certificate is not to be trusted, for good or while it is held.
 *
 * @param invalidityDate since when its key is known or suspected to be compromised (RFC 5280 5.3.2)
 */
public record Denial(
    Instant revokedAt, RevocationReason reason, Optional<Instant> invalidityDate) {}
