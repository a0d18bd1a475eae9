package dev.countersign.server.identity;

import java.util.Optional;

/** Which identities. */
public record IdentityFilter(Optional<Identity.State> state) {

  public static IdentityFilter all() {
    return new IdentityFilter(Optional.empty());
  }
}
