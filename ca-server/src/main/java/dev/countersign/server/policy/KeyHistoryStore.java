package dev.countersign.server.policy;

import dev.countersign.db.Database;
import java.util.HashSet;
import java.util.Set;

/** The history of keys, from the certificates that carry them. */
public final class KeyHistoryStore implements KeyHistories {
  private final Database database;

  public KeyHistoryStore(Database database) {
    this.database = database;
  }

  @Override
  public KeyHistory of(byte[] keyHash) {
    return database.read(
        handle -> {
          Set<String> identities = new HashSet<>();
          boolean[] compromised = {false};
          handle
              .createQuery(
                  "select distinct identity, revocation_reason from certificate where key_hash = :hash")
              .bind("hash", keyHash)
              .map(
                  (row, context) -> {
                    identities.add(row.getString("identity"));
                    compromised[0] |= "keyCompromise".equals(row.getString("revocation_reason"));
                    return 1;
                  })
              .list();
          return identities.isEmpty() ? KeyHistory.NEW : new KeyHistory(compromised[0], identities);
        });
  }
}
