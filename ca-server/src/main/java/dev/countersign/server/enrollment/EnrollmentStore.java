package dev.countersign.server.enrollment;

import dev.countersign.db.Jdbc;
import dev.countersign.server.enrollment.Enrollment.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** SQL of enrolments. Each method is part of a transaction that its caller owns. */
final class EnrollmentStore {

  /** A row with its place in the list. */
  record Numbered(long number, Enrollment enrollment) {}

  private EnrollmentStore() {}

  static void insert(Handle handle, Enrollment enrollment) {
    exactlyOne(
        handle
            .createUpdate(
                """
                insert into enrollment
                  (id, identity, profile, public_key, created_at, expires_at, uses, uses_left, state,
                   created_by)
                values
                  (:id, :identity, :profile, :publicKey, :createdAt, :expiresAt, :uses, :usesLeft,
                   :state, :createdBy)
                """)
            .bind("id", enrollment.id())
            .bind("identity", enrollment.identity())
            .bind("profile", enrollment.profile())
            .bind("publicKey", enrollment.publicKey())
            .bind("createdAt", enrollment.createdAt())
            .bind("expiresAt", enrollment.expiresAt())
            .bind("uses", enrollment.uses())
            .bind("usesLeft", enrollment.usesLeft())
            .bind("state", enrollment.state().label())
            .bind("createdBy", enrollment.createdBy())
            .execute());
  }

  static Optional<Enrollment> find(Handle handle, String id, Instant now) {
    return find(handle, id, now, "");
  }

  static Optional<Enrollment> findLocked(Handle handle, String id, Instant now) {
    return find(handle, id, now, " for update");
  }

  private static Optional<Enrollment> find(Handle handle, String id, Instant now, String lock) {
    return Jdbc.first(
        handle,
        "select * from enrollment where id = ?" + lock,
        statement -> statement.setString(1, id),
        row -> enrollment(row, now));
  }

  static List<Numbered> list(
      Handle handle, EnrollmentFilter filter, Optional<Long> before, int limit, Instant now) {
    StringBuilder sql = new StringBuilder("select * from enrollment where number < :before");
    if (filter.identity().isPresent()) {
      sql.append(" and identity = :identity");
    }
    filter
        .state()
        .ifPresent(
            state ->
                sql.append(
                    switch (state) {
                      case OPEN -> " and state = 'open' and expires_at > :now";
                      case EXPIRED -> " and state = 'open' and expires_at <= :now";
                      case USED -> " and state = 'used'";
                      case CANCELLED -> " and state = 'cancelled'";
                    }));
    sql.append(" order by number desc fetch first :limit rows only");
    Query query =
        handle
            .createQuery(sql.toString())
            .bind("before", before.orElse(Long.MAX_VALUE))
            .bind("limit", limit);
    filter.identity().ifPresent(identity -> query.bind("identity", identity));
    if (filter.state().filter(s -> s == State.OPEN || s == State.EXPIRED).isPresent()) {
      query.bind("now", now);
    }
    return query
        .map((row, context) -> new Numbered(row.getLong("number"), enrollment(row, now)))
        .list();
  }

  /** Takes one use; false when there was none to take. */
  static boolean takeUse(Handle handle, String id, Instant now) {
    return Jdbc.update(
            handle,
            """
            update enrollment
            set uses_left = uses_left - 1,
              state = case when uses_left = 1 then 'used' else 'open' end
            where id = ? and state = 'open' and uses_left > 0 and expires_at > ?
            """,
            statement -> {
              statement.setString(1, id);
              Jdbc.setInstant(statement, 2, now);
            })
        == 1;
  }

  static void cancel(Handle handle, String id, Instant at) {
    exactlyOne(
        handle
            .createUpdate(
                "update enrollment set state = 'cancelled', cancelled_at = :at"
                    + " where id = :id and state = 'open'")
            .bind("id", id)
            .bind("at", at)
            .execute());
  }

  private static Enrollment enrollment(ResultSet row, Instant now) throws SQLException {
    Instant expiresAt = row.getObject("expires_at", OffsetDateTime.class).toInstant();
    State stored = State.parse(row.getString("state"));
    return new Enrollment(
        row.getString("id"),
        row.getString("identity"),
        row.getString("profile"),
        row.getBytes("public_key"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        expiresAt,
        row.getInt("uses"),
        row.getInt("uses_left"),
        stored == State.OPEN && !expiresAt.isAfter(now) ? State.EXPIRED : stored,
        Optional.ofNullable(row.getObject("cancelled_at", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant),
        row.getString("created_by"));
  }

  private static void exactlyOne(int rows) {
    if (rows != 1) {
      throw new IllegalStateException("an enrolment was changed under its lock: " + rows + " rows");
    }
  }
}
