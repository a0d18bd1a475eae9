package dev.countersign.server.revocation;

import dev.countersign.db.Database;
import dev.countersign.pki.SerialNumber;
import java.util.Map;
import java.util.Set;

/** Whether a certificate is good, asked by its issuer's name and its serial. */
public final class Statuses {

  private final Database database;

  public Statuses(Database database) {
    this.database = database;
  }

  /** By one query; without those that this authority never gave out. */
  public Map<SerialNumber, Status> of(String issuer, Set<SerialNumber> serials) {
    return serials.isEmpty()
        ? Map.of()
        : database.read(handle -> RevocationStore.statuses(handle, issuer, serials));
  }
}
