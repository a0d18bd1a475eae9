package dev.countersign.server.identity;

import java.util.Optional;

/** What is asked of the caller's identity at every request, in one query. */
public record Standing(Identity.State state, Optional<Role> role) {

  /** A revoked operator has no role. */
  public Optional<Role> effectiveRole() {
    return state == Identity.State.ACTIVE ? role : Optional.empty();
  }
}
