package dev.countersign.server.policy;

import dev.countersign.db.Database;

/** The history of keys: one row for each that was ever certified. */
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
                .createQuery("select identity, denied from subject_key where key_hash = :hash")
                .bind("hash", keyHash)
                .map(
                    (row, context) ->
                        KeyHistory.of(row.getString("identity"), row.getBoolean("denied")))
                .findOne()
                .orElse(KeyHistory.NEW));
  }
}
