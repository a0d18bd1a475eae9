package dev.countersign.server.feed;

import dev.countersign.db.Dialect;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.paging.Cursor;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;

/** SQL of what clients have loaded. */
final class CheckinStore {
  private CheckinStore() {}

  /**
   * A certificate that is in use, and what is known of who uses it.
   *
   * @param loaded empty if that was never heard of
   */
  record Standing(
      long number,
      SerialNumber serial,
      String identity,
      Instant notAfter,
      Optional<Loaded> loaded) {}

  /**
   * Who is looked for.
   *
   * @param below who does not know this denial
   * @param seenSince who was heard of since then, which is lately; all if empty
   */
  record Wanted(long below, Optional<Instant> seenSince, Optional<String> identity) {}

  /**
   * Keeps what is newer than what is kept; of unknown certificates nothing is.
   *
   * @param loaded sorted by serial, so that two nodes never wait for each other
   */
  static void keep(Handle handle, List<Loaded> loaded) {
    PreparedBatch update =
        handle.prepareBatch(
            """
            update checkin set seen_at = :at, denials = :denials,
              trust_bundle = coalesce(cast(:bundle as bigint), trust_bundle),
              version = coalesce(cast(:version as varchar), version)
            where serial = :serial and seen_at <= :at
            """);
    loaded.forEach(one -> bind(update, one));
    int[] updated = update.execute();
    List<Loaded> others = new ArrayList<>();
    for (int i = 0; i < updated.length; i++) {
      if (updated[i] == 0) {
        others.add(loaded.get(i));
      }
    }
    if (others.isEmpty()) {
      return;
    }
    PreparedBatch insert =
        handle.prepareBatch(
            """
            insert into checkin (serial, not_after, seen_at, denials, trust_bundle, version)
            select serial, not_after, cast(:at as timestamp with time zone),
              cast(:denials as bigint), cast(:bundle as bigint), cast(:version as varchar)
            from certificate where serial = :serial
            on conflict do nothing
            """);
    others.forEach(one -> bind(insert, one));
    insert.execute();
  }

  private static void bind(PreparedBatch batch, Loaded one) {
    batch
        .bind("serial", one.serial().toString())
        .bind("at", one.seenAt())
        .bind("denials", one.denials())
        .bind("bundle", one.trustBundle().orElse(null))
        .bind("version", one.version().orElse(null))
        .add();
  }

  static Optional<Loaded> find(Handle handle, SerialNumber serial) {
    return handle
        .createQuery(
            "select serial, seen_at, denials, trust_bundle, version from checkin"
                + " where serial = :serial")
        .bind("serial", serial.toString())
        .map((row, context) -> loaded(row))
        .findOne();
  }

  /**
   * The certificates whose users do not know a denial, newest first. Those that were renewed count
   * only if they were heard of lately: mostly nobody uses them any more.
   */
  static Paged<Standing> search(
      Handle handle, Dialect dialect, Wanted wanted, Instant now, Instant lately, Page page) {
    Query query = query(handle, "", dialect, wanted, now, lately, page);
    List<Standing> read = query.map((row, context) -> standing(row)).list();
    return Paged.of(read, page, last -> Cursor.CHECKINS.of(last.number()));
  }

  /**
   * Of those who are connected, only they are read: mostly all of them know, and every certificate
   * would have been looked at in vain.
   *
   * @param before what it begins with
   */
  static Query query(
      Handle handle,
      String before,
      Dialect dialect,
      Wanted wanted,
      Instant now,
      Instant lately,
      Page page) {
    Optional<Long> cursor = Cursor.CHECKINS.number(page);
    boolean heard = wanted.seenSince().isPresent();
    String number = heard ? "c.number + 0" : "c.number"; // not by its index
    StringBuilder sql =
        new StringBuilder(before)
            .append("select c.number, c.serial, c.identity, c.not_after, k.seen_at, k.denials,")
            .append(" k.trust_bundle, k.version from ")
            .append(
                heard
                    ? "checkin k join certificate c on c.serial = k.serial"
                        + " where k.seen_at >= :since and k.denials < :below"
                    : "certificate c left join checkin k on k.serial = c.serial"
                        + " where (k.denials is null or k.denials < :below)"
                        + " and (k.seen_at >= :lately or not exists (select 1 from certificate n"
                        + " where n.lineage = coalesce(c.lineage, c.serial)"
                        + " and n.number > c.number))")
            .append(" and " + dialect.notByIndex("c.status") + " = 'active'")
            .append(" and " + dialect.notByIndex("c.not_after") + " >= :now");
    wanted.identity().ifPresent(name -> sql.append(" and c.identity = :identity"));
    cursor.ifPresent(last -> sql.append(" and " + number + " < :cursor"));
    sql.append(" order by " + number + " desc fetch first :most rows only");
    Query query =
        handle
            .createQuery(sql.toString())
            .bind("now", now)
            .bind("below", wanted.below())
            .bind("most", page.limit() + 1);
    wanted
        .seenSince()
        .ifPresentOrElse(since -> query.bind("since", since), () -> query.bind("lately", lately));
    wanted.identity().ifPresent(name -> query.bind("identity", name));
    cursor.ifPresent(last -> query.bind("cursor", last));
    return query;
  }

  private static Standing standing(ResultSet row) throws SQLException {
    return new Standing(
        row.getLong("number"),
        SerialNumber.parse(row.getString("serial")),
        row.getString("identity"),
        row.getObject("not_after", OffsetDateTime.class).toInstant(),
        row.getObject("seen_at") == null ? Optional.empty() : Optional.of(loaded(row)));
  }

  private static Loaded loaded(ResultSet row) throws SQLException {
    long bundle = row.getLong("trust_bundle");
    return new Loaded(
        SerialNumber.parse(row.getString("serial")),
        row.getObject("seen_at", OffsetDateTime.class).toInstant(),
        row.getLong("denials"),
        bundle == 0 ? Optional.empty() : Optional.of(bundle),
        Optional.ofNullable(row.getString("version")));
  }
}
