package dev.countersign.server.authority;

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
}
