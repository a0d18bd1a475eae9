package dev.countersign.server.access;

import dev.countersign.server.identity.Role;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.refusal.Refusal;
import java.util.Optional;

/**
 * A caller with a role, as it was when this request was admitted; only {@link Access} makes one.
 */
public final class Operator {
  private final String name;
  private final Role role;
  private final String remoteAddress;

  Operator(String name, Role role, String remoteAddress) {
    this.name = name;
    this.role = role;
    this.remoteAddress = remoteAddress;
  }

  public String name() {
    return name;
  }

  public String remoteAddress() {
    return remoteAddress;
  }

  public Actor actor() {
    return Actor.operator(name, remoteAddress);
  }

  /**
   * Checks that this operator may act on an identity.
   *
   * @param role of the identity that is about to be enrolled, changed, revoked or restored
   * @throws Refusal when it has one and this operator is no admin: who may touch an admin is one
   */
  public void mayTouch(Optional<Role> role) {
    if (role.isPresent() && this.role != Role.ADMIN) {
      throw new Refusal(
          Refusal.Kind.FORBIDDEN,
          "Only an admin may do this to an identity that has a role; ask one.");
    }
  }
}
