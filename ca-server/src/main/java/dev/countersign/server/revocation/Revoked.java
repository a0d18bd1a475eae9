package dev.countersign.server.revocation;

import dev.countersign.db.Database;
import java.time.Instant;
import java.util.function.Consumer;

/** All that is denied, for complete CRLs. */
public final class Revoked {

  private final Database database;

  public Revoked(Database database) {
    this.database = database;
  }

  /**
   * Hands over the revoked and held certificates of an authority, sorted by serial, one by one.
   *
   * @param notAfter leaves out what expired before this; RFC 5280 3.3 keeps an entry until it was
   *     on one regularly scheduled CRL after the expiry, so this is some CRLs in the past
   * @return a revocation number: everything up to it is contained, and perhaps some of what came
   *     later
   */
  public long stream(String issuer, Instant notAfter, Consumer<RevokedEntry> consumer) {
    return database.read(
        handle -> RevocationStore.stream(handle, database.dialect(), issuer, notAfter, consumer));
  }

  /** The last revocation number given out. */
  public long lastNumber() {
    return database.read(RevocationStore::lastNumber);
  }
}
