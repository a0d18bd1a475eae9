package dev.countersign.server.authority;

import dev.countersign.db.Database;
import dev.countersign.pki.RevocationReason;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** Lets tests of other packages put a hierarchy into a database without a ceremony. */
public final class AuthorityRows {
  private AuthorityRows() {}

  public static int insert(Handle handle, Hierarchy hierarchy, Instant now) {
    hierarchy.all().forEach(authority -> AuthorityStore.insert(handle, authority, now));
    AuthorityStore.insert(handle, hierarchy.trustBundle(), now);
    return hierarchy.all().size();
  }

  /** Does nothing to a database that has authorities. */
  public static void foundOnce(Database database, Hierarchy hierarchy, Instant now) {
    if (!database.read(AuthorityStore::isFounded)) {
      database.writeAndWait(handle -> insert(handle, hierarchy, now));
    }
  }

  /** What {@link Replacement} does to the row of the one that goes. */
  public static void revoke(Handle handle, Authority authority, Instant now) {
    RootAnswers answers = new RootAnswers(new byte[1], new byte[1]);
    AuthorityStore.revoke(
        handle,
        new RevokedAuthority(
            authority.name(),
            authority.certificate(),
            now,
            RevocationReason.CA_COMPROMISE,
            answers));
  }
}
