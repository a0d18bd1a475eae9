package dev.countersign.server.authority;

import dev.countersign.db.Database;
import java.util.List;

/** The CAs that are revoked, as they are on record now. */
public final class RevokedAuthorities {
  private final Database database;

  public RevokedAuthorities(Database database) {
    this.database = database;
  }

  /** Those that this root has certified. */
  public List<RevokedAuthority> of(Authority root) {
    return all().stream().filter(revoked -> revoked.isOf(root)).toList();
  }

  /** The first that was revoked comes first. */
  public List<RevokedAuthority> all() {
    return database.read(AuthorityStore::revoked);
  }
}
