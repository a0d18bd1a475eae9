package dev.countersign.server.identity;

import dev.countersign.pki.RevocationReason;
import java.time.Instant;
import java.util.Optional;

/** An identity as it is answered. */
public record IdentityJson(
    String name,
    String profile,
    Optional<String> role,
    Optional<String> owner,
    NamesJson names,
    String state,
    Instant createdAt,
    Optional<Instant> revokedAt,
    Optional<String> revocationReason) {

  public static IdentityJson of(Identity identity) {
    return new IdentityJson(
        identity.name(),
        identity.profile(),
        identity.role().map(Role::label),
        identity.owner(),
        NamesJson.of(identity.names()),
        identity.state().label(),
        identity.createdAt(),
        identity.revokedAt(),
        identity.revocationReason().map(RevocationReason::label));
  }
}
