package dev.countersign.server.revocation;

import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.RevokedAuthority;
import dev.countersign.server.issuance.Denial;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What roots have revoked, among what was denied. */
public final class CaDenials {
  private CaDenials() {}

  /** Gives it the next number; to be called before anything else is locked. */
  public static void record(Handle handle, Authority root, RevokedAuthority revoked) {
    DenialNumbers numbers = new DenialNumbers(handle, revoked.revokedAt());
    Change change =
        new Change(
            numbers.next(),
            revoked.certificate().serial(),
            revoked.certificate().notAfter(),
            Optional.of(new Denial(revoked.revokedAt(), revoked.reason(), Optional.empty())));
    RevocationStore.journal(handle, root.name(), change);
    numbers.finish();
  }
}
