package dev.countersign.server.access;

import dev.countersign.db.Dialect;
import dev.countersign.server.identity.IdentityStore;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.Role;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * A caller with a role, as it was when this request was admitted; only {@link Access} makes one.
 */
public final class Operator implements Mandate {
  private final String name;
  private final long certificate;
  private final Role role;
  private final String remoteAddress;

  /**
   * @param certificate the number of the one by which it is known
   */
  Operator(String name, long certificate, Role role, String remoteAddress) {
    this.name = name;
    this.certificate = certificate;
    this.role = role;
    this.remoteAddress = remoteAddress;
  }

  public String name() {
    return name;
  }

  public String remoteAddress() {
    return remoteAddress;
  }

  @Override
  public Actor actor() {
    return Actor.operator(name, remoteAddress);
  }

  /**
   * Refuses early what {@link #check} would refuse, so that nothing is done in vain.
   *
   * @param touched the role of the identity to be issued to
   */
  public void mayTouch(Optional<Role> touched) {
    mayTouch(role, touched);
  }

  @Override
  public void check(Handle handle, Dialect dialect, Optional<Role> touched) {
    IdentityStore.Standing standing =
        IdentityStore.standingThatStays(handle, dialect, name, certificate);
    Role now =
        standing
            .role()
            .filter(Access.WRITERS::contains)
            .orElseThrow(
                () ->
                    new Refusal(
                        Kind.FORBIDDEN,
                        "The identity " + name + " needs the role operator or admin for this."));
    if (!standing.certificateIsActive()) {
      throw new Refusal(
          Kind.CERTIFICATE_REVOKED,
          "The certificate of "
              + name
              + " was revoked or put on hold while this was asked for; nothing was done.");
    }
    mayTouch(now, touched);
  }

  /** Two are equal of whom {@link #check} says the same. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Operator operator
        && operator.name.equals(name)
        && operator.certificate == certificate;
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Long.hashCode(certificate);
  }

  /** Who may touch an admin is one. */
  private static void mayTouch(Role own, Optional<Role> touched) {
    if (touched.isPresent() && own != Role.ADMIN) {
      throw new Refusal(
          Kind.FORBIDDEN, "Only an admin may do this to an identity that has a role; ask one.");
    }
  }
}
