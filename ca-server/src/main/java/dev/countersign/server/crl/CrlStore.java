package dev.countersign.server.crl;

import dev.countersign.db.Database;
import dev.countersign.server.authority.CrlShards;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The CRLs on record: one row for each issuer, part and number. The number of an issuer's newest
 * list stands with the issuer, and is changed only by who knows it: so lists follow one another
 * whichever node makes them.
 */
public final class CrlStore {
  private static final String COLUMNS =
      "issuer, part, number, this_update, next_update, revocations, expired_before, scheduled_at,"
          + " location, base, base_revocations, signature";

  // In every shard; whoever moves more often than certificates end has forgotten the first
  private static final int MOST_LOCATIONS = 8;

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

  /** Of all parts, the newest of each. */
  List<CrlRow> newest(String issuer) {
    return database.read(
        handle ->
            handle
                .createQuery("select " + COLUMNS + " from crl where issuer = :issuer")
                .bind("issuer", issuer)
                .map((row, context) -> read(row))
                .list());
  }

  /**
   * Records lists of one number if the newest is still the one that they follow; the older ones of
   * the same parts are forgotten.
   *
   * @param scheduled the complete list was made when it was time for one, and so is a base of delta
   *     lists
   * @return false when another node was faster: what this one knows may be older, so it is thrown
   *     away
   */
  boolean insertAfter(long previous, List<CrlRow> lists, boolean scheduled) {
    return database.writeAndWait(
        handle -> {
          if (!advance(handle, previous, lists.get(0))) {
            return false;
          }
          PreparedBatch older =
              handle.prepareBatch("delete from crl where issuer = :issuer and part = :part");
          lists.forEach(
              list -> older.bind("issuer", list.issuer()).bind("part", list.part()).add());
          if (lists.get(0).base().isEmpty()) { // the last one's is over
            older.bind("issuer", lists.get(0).issuer()).bind("part", CrlRow.DELTA).add();
          }
          older.execute();
          insert(handle, lists);
          if (scheduled) {
            insertBase(handle, complete(lists));
          }
          return true;
        });
  }

  private static CrlRow complete(List<CrlRow> lists) {
    return lists.stream().filter(CrlRow::isComplete).findFirst().orElseThrow();
  }

  private static void insertBase(Handle handle, CrlRow complete) {
    handle
        .createUpdate(
            // Those that are over, and those that a clock which was ahead has made for too long
            "delete from crl_base where issuer = :issuer"
                + " and (next_update <= :now or next_update > :next)")
        .bind("issuer", complete.issuer())
        .bind("now", complete.thisUpdate())
        .bind("next", complete.nextUpdate())
        .execute();
    handle
        .createUpdate(
            "insert into crl_base (issuer, number, revocations, next_update)"
                + " values (:issuer, :number, :revocations, :nextUpdate)")
        .bind("issuer", complete.issuer())
        .bind("number", complete.number())
        .bind("revocations", complete.revocations())
        .bind("nextUpdate", complete.nextUpdate())
        .execute();
  }

  /**
   * The oldest base that is not over and that knows of this change, or has none after it.
   *
   * @param revocations the number of the change
   */
  Optional<CrlRow.Base> base(String issuer, Instant now, long revocations) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select number, revocations from crl_base where issuer = :issuer"
                        + " and next_update > :now and revocations >= :revocations"
                        + " order by number fetch first 1 rows only")
                .bind("issuer", issuer)
                .bind("revocations", revocations)
                .bind("now", now)
                .map(
                    (row, context) ->
                        new CrlRow.Base(row.getLong("number"), row.getLong("revocations")))
                .findOne());
  }

  /** The first of an issuer. */
  static void insertFirst(Handle handle, CrlRow crl) {
    if (!advance(handle, 0, crl)) {
      throw new IllegalStateException(crl.issuer() + " has a CRL already, or is not there.");
    }
    insert(handle, List.of(crl));
  }

  /** How many shards an issuer has, which is what the first caller says. */
  CrlShards shards(String issuer, CrlShards wanted) {
    return new CrlShards(
        kept(
            "select shards from crl_sharding where issuer = :key",
            "insert into crl_sharding (issuer, shards) values (:key, :value) on conflict do"
                + " nothing",
            issuer,
            wanted.count(),
            Integer.class));
  }

  /** The number of an address, which is recorded when it is new. */
  long location(String base) {
    return kept(
        "select number from crl_location where base = :key",
        "insert into crl_location (base) values (:key) on conflict do nothing",
        base,
        0,
        Long.class);
  }

  /** What is there, or is now; whichever node is first decides. */
  private <T> T kept(String query, String insert, String key, int value, Class<T> type) {
    Function<Handle, Optional<T>> look =
        handle -> handle.createQuery(query).bind("key", key).mapTo(type).findOne();
    return database
        .read(look)
        .orElseGet(
            () ->
                database.writeAndWait(
                    handle -> {
                      var update = handle.createUpdate(insert).bind("key", key);
                      (insert.contains(":value") ? update.bind("value", value) : update).execute();
                      return look.apply(handle).orElseThrow();
                    }));
  }

  long newestLocation() {
    return database.read(
        handle ->
            handle
                .createQuery("select coalesce(max(number), 0) from crl_location")
                .mapTo(Long.class)
                .one());
  }

  /** Addresses up to this one, newest first. */
  List<String> locations(long upTo) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select base from crl_location where number <= :upTo"
                        + " order by number desc limit "
                        + MOST_LOCATIONS)
                .bind("upTo", upTo)
                .mapTo(String.class)
                .list());
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

  private static void insert(Handle handle, List<CrlRow> lists) {
    PreparedBatch batch =
        handle.prepareBatch(
            "insert into crl ("
                + COLUMNS
                + ") values (:issuer, :part, :number, :thisUpdate, :nextUpdate, :revocations,"
                + " :expiredBefore, :scheduledAt, :location, :base, :baseRevocations, :signature)");
    for (CrlRow list : lists) {
      batch
          .bind("issuer", list.issuer())
          .bind("part", list.part())
          .bind("number", list.number())
          .bind("thisUpdate", list.thisUpdate())
          .bind("nextUpdate", list.nextUpdate())
          .bind("revocations", list.revocations())
          .bind("expiredBefore", list.expiredBefore())
          .bind("scheduledAt", list.scheduledAt())
          .bind("location", list.location())
          .bind("base", list.base().map(CrlRow.Base::number))
          .bind("baseRevocations", list.base().map(CrlRow.Base::revocations))
          .bind("signature", list.signature())
          .add();
    }
    batch.execute();
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
        row.getLong("location"),
        row.getObject("base") == null
            ? Optional.empty()
            : Optional.of(new CrlRow.Base(row.getLong("base"), row.getLong("base_revocations"))),
        row.getBytes("signature"));
  }
}
