package dev.countersign.server.authority;

import org.jdbi.v3.core.Handle;

/**
 * Records that a root has revoked a CA, so that its next list has it, as part of a transaction;
 * {@code revocation} knows how, which a foundation may not know.
 */
@FunctionalInterface
public interface RootDenial {
  void record(Handle handle, Authority root, RevokedAuthority revoked);
}
