package dev.countersign.server.identity;

import dev.countersign.db.Dialect;
import dev.countersign.server.ledger.Actor;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Who does something to an identity, and that it may be done. This is decided in the transaction
 * that does it, after the identity's row is locked: neither that identity's role nor the one of
 * whoever acts can change between the decision and the act.
 */
public interface Mandate {

  Actor actor();

  /**
   * Allows it, or says who may do it.
   *
   * @param touched the role of the identity, as its locked row says, or the one that it is to have
   * @throws dev.countersign.server.refusal.Refusal {@code FORBIDDEN}; nothing is changed then
   */
  void check(Handle handle, Dialect dialect, Optional<Role> touched);

  /** Of the authority itself, or of a certificate that speaks of itself: no role is asked for. */
  static Mandate ofItself(Actor itself) {
    return new Mandate() {
      @Override
      public Actor actor() {
        return itself;
      }

      @Override
      public void check(Handle handle, Dialect dialect, Optional<Role> touched) {
        // That it is itself was proved at the door, and cannot change.
      }
    };
  }
}
