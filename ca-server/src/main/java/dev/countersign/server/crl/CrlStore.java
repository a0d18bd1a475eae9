package dev.countersign.server.crl;

import dev.countersign.db.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The CRLs on record: one row for each issuer, part and number. The number of an issuer's newest
 * list stands with the issuer, and is changed only by who knows it: so lists follow one another
 * whichever node makes them.
 */
public final class CrlStore {
  private static final String COLUMNS =
      "issuer, part, number, this_update, next_update, revocations, expired_before, scheduled_at,"
          + " signature";

  private final Database database;

  public CrlStore(Database database) {
    this.database = database;
  }

  /** 0 when there is none. */
  long newestNumber(String issuer) {
    return database.read(
        handle ->
            handle
                .createQuery("select crl_number from authority where name = :issuer")
                .bind("issuer", issuer)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L));
  }

  Optional<CrlRow> newest(String issuer, String part) {
    return database.readSettled(
        handle ->
            handle
                .createQuery(
                    "select "
                        + COLUMNS
                        + " from crl where issuer = :issuer and part = :part"
                        + " order by number desc limit 1")
                .bind("issuer", issuer)
                .bind("part", part)
                .map((row, context) -> read(row))
                .findOne());
  }

  /**
   * Records a list if the newest is still the one that it follows; older ones are forgotten.
   *
   * @return false when another node was faster: what this one knows may be older, so it is thrown
   *     away
   */
  boolean insertAfter(long previous, CrlRow crl) {
    return database.writeAndWait(
        handle -> {
          if (!advance(handle, previous, crl)) {
            return false;
          }
          insert(handle, crl);
          handle
              .createUpdate(
                  "delete from crl where issuer = :issuer and part = :part and number < :number")
              .bind("issuer", crl.issuer())
              .bind("part", crl.part())
              .bind("number", crl.number())
              .execute();
          return true;
        });
  }

  /** The first of an issuer. */
  static void insertFirst(Handle handle, CrlRow crl) {
    if (!advance(handle, 0, crl)) {
      throw new IllegalStateException(crl.issuer() + " has a CRL already, or is not there.");
    }
    insert(handle, crl);
  }

  private static boolean advance(Handle handle, long previous, CrlRow crl) {
    return handle
            .createUpdate(
                "update authority set crl_number = :number"
                    + " where name = :issuer and crl_number = :previous")
            .bind("number", crl.number())
            .bind("issuer", crl.issuer())
            .bind("previous", previous)
            .execute()
        == 1;
  }

  private static void insert(Handle handle, CrlRow crl) {
    handle
        .createUpdate(
            "insert into crl ("
                + COLUMNS
                + ") values (:issuer, :part, :number, :thisUpdate, :nextUpdate, :revocations,"
                + " :expiredBefore, :scheduledAt, :signature)")
        .bind("issuer", crl.issuer())
        .bind("part", crl.part())
        .bind("number", crl.number())
        .bind("thisUpdate", crl.thisUpdate())
        .bind("nextUpdate", crl.nextUpdate())
        .bind("revocations", crl.revocations())
        .bind("expiredBefore", crl.expiredBefore())
        .bind("scheduledAt", crl.scheduledAt())
        .bind("signature", crl.signature())
        .execute();
  }

  private static CrlRow read(ResultSet row) throws SQLException {
    return new CrlRow(
        row.getString("issuer"),
        row.getString("part"),
        row.getLong("number"),
        row.getObject("this_update", OffsetDateTime.class).toInstant(),
        row.getObject("next_update", OffsetDateTime.class).toInstant(),
        row.getLong("revocations"),
        row.getObject("expired_before", OffsetDateTime.class).toInstant(),
        row.getObject("scheduled_at", OffsetDateTime.class).toInstant(),
        row.getBytes("signature"));
  }
}
