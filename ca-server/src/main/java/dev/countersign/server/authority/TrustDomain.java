package dev.countersign.server.authority;

import dev.countersign.db.Database;

/** The one that an authority was made for, on record because a configuration can be edited. */
public final class TrustDomain {
  private TrustDomain() {}

  /** For {@code init}, once. */
  public static void record(Database database, String name) {
    database.writeAndWait(handle -> AuthorityStore.insertTrustDomain(handle, name));
  }

  /** What was recorded. */
  public static String of(Database database) {
    return database.read(AuthorityStore::trustDomain);
  }
}
