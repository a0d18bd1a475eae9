package dev.countersign.server.policy;

import dev.countersign.db.Database;
import java.util.Set;

/**
 * The history of keys, from the certificates that carry them. Any one of them names the identity,
 * because a key that one identity has is refused to every other; so the answer costs the same
 * however often a key was certified.
 */
public final class KeyHistoryStore implements KeyHistories {
  private final Database database;

  public KeyHistoryStore(Database database) {
    this.database = database;
  }

  @Override
  public KeyHistory of(byte[] keyHash) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    """
                    select
                      (select c.identity from certificate c where c.key_hash = :hash limit 1)
                        as identity,
                      exists (
                        select 1 from certificate c
                        where c.key_hash = :hash and c.revocation_reason = 'keyCompromise')
                        as compromised
                    """)
                .bind("hash", keyHash)
                .map(
                    (row, context) -> {
                      String identity = row.getString("identity");
                      return identity == null
                          ? KeyHistory.NEW
                          : new KeyHistory(row.getBoolean("compromised"), Set.of(identity));
                    })
                .one());
  }
}
