package dev.countersign.server.issuance;

import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.Role;
import java.util.Optional;

/**
 * A certificate that its holder shows, and the identity that it is of, as they are on record now.
 *
 * @param number of the certificate, in the order of issue
 * @param state of the identity
 * @param role of the identity, also when that is revoked
 * @param roleAfter number of a certificate: up to this one they do not act by the role
 */
public record Presented(
    long number,
    String identity,
    String profile,
    CertificateStatus status,
    Identity.State state,
    Optional<Role> role,
    long roleAfter) {}
