package dev.countersign.server.revocation;

import dev.countersign.db.Database;
import dev.countersign.pki.SerialNumber;
import java.util.Optional;

/** Whether a certificate is good, asked by its issuer's name and its serial. */
public final class Statuses {

  private final Database database;

  public Statuses(Database database) {
    this.database = database;
  }

  /** Empty for a serial that this authority never gave out. */
  public Optional<Status> of(String issuer, SerialNumber serial) {
    return database.read(handle -> RevocationStore.status(handle, issuer, serial));
  }
}
