package dev.countersign.server.crl;

import dev.countersign.db.Database;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** The CRLs on record: one row for each issuer and number, the last few kept. */
public final class CrlStore {
  private static final int KEPT = 3; // one in use, and what a slow reader may still be fetching

  private final Database database;

  public CrlStore(Database database) {
    this.database = database;
  }

  /** 0 when there is none. */
  long newestNumber(String issuer) {
    return database.read(handle -> newestNumber(handle, issuer));
  }

  private static long newestNumber(Handle handle, String issuer) {
    return handle
        .createQuery("select coalesce(max(number), 0) from crl where issuer = :issuer")
        .bind("issuer", issuer)
        .mapTo(Long.class)
        .one();
  }

  Optional<PublishedCrl> newest(String issuer) {
    return database.readSettled(
        handle ->
            handle
                .createQuery(
                    "select number, this_update, next_update, revocations, der from crl"
                        + " where issuer = :issuer order by number desc limit 1")
                .bind("issuer", issuer)
                .map(
                    (row, context) ->
                        new PublishedCrl(
                            row.getBytes("der"),
                            row.getLong("number"),
                            row.getObject("this_update", OffsetDateTime.class).toInstant(),
                            row.getObject("next_update", OffsetDateTime.class).toInstant(),
                            row.getLong("revocations")))
                .findOne());
  }

  /**
   * Records a CRL if its number is still the next one.
   *
   * @return false when another node was faster: what this one knows may be older, so it is thrown
   *     away
   */
  boolean insertIfNext(String issuer, PublishedCrl crl) {
    try {
      return database.writeAndWait(
          handle -> {
            if (newestNumber(handle, issuer) != crl.number() - 1) {
              return false;
            }
            insert(handle, issuer, crl);
            handle
                .createUpdate("delete from crl where issuer = :issuer and number <= :last")
                .bind("issuer", issuer)
                .bind("last", crl.number() - KEPT)
                .execute();
            return true;
          });
    } catch (UnableToExecuteStatementException e) {
      if (newestNumber(issuer) >= crl.number()) {
        return false; // the other one's commit came between our look and our insert
      }
      throw e;
    }
  }

  static void insert(Handle handle, String issuer, PublishedCrl crl) {
    handle
        .createUpdate(
            "insert into crl (issuer, number, this_update, next_update, revocations, der)"
                + " values (:issuer, :number, :thisUpdate, :nextUpdate, :revocations, :der)")
        .bind("issuer", issuer)
        .bind("number", crl.number())
        .bind("thisUpdate", crl.thisUpdate())
        .bind("nextUpdate", crl.nextUpdate())
        .bind("revocations", crl.revocations())
        .bind("der", crl.der())
        .execute();
  }
}
