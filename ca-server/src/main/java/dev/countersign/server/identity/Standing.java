package dev.countersign.server.identity;

import java.util.Optional;

/**
 * What is asked of the caller's identity at every request, in one query.
 *
 * @param roleAfter number of a certificate: up to this one they do not act by the role
 */
public record Standing(Identity.State state, Optional<Role> role, long roleAfter) {

  /** A revoked operator has no role. */
  public Optional<Role> effectiveRole() {
    return state == Identity.State.ACTIVE ? role : Optional.empty();
  }
}
