package dev.countersign.server.identity;

import dev.countersign.db.Dialect;
import dev.countersign.db.Jdbc;
import dev.countersign.db.Jdbc.Part;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SubjectName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;

/** SQL of identities. Each method is part of a transaction that its caller owns. */
public final class IdentityStore {

  private IdentityStore() {}

  /** False when the name is taken. */
  static boolean insert(Handle handle, Identity identity) {
    int rows =
        handle
            .createUpdate(
                """
                insert into identity (name, profile, role, owner, state, created_at)
                values (:name, :profile, :role, :owner, :state, :createdAt)
                on conflict do nothing
                """)
            .bind("name", identity.name())
            .bind("profile", identity.profile())
            .bind("role", identity.role().map(Role::label))
            .bind("owner", identity.owner())
            .bind("state", identity.state().label())
            .bind("createdAt", identity.createdAt())
            .execute();
    if (rows == 0) {
      return false;
    }
    insertNames(handle, identity);
    return true;
  }

  static void update(Handle handle, Identity identity) {
    exactlyOne(
        handle
            .createUpdate(
                "update identity set profile = :profile, role = :role, owner = :owner,"
                    + " version = version + 1 where name = :name")
            .bind("name", identity.name())
            .bind("profile", identity.profile())
            .bind("role", identity.role().map(Role::label))
            .bind("owner", identity.owner())
            .execute());
    handle
        .createUpdate("delete from identity_name where identity = :name")
        .bind("name", identity.name())
        .execute();
    insertNames(handle, identity);
  }

  /** What was issued to it until now does not act by its role. */
  static void roleStartsNow(Handle handle, String name) {
    exactlyOne(
        handle
            .createUpdate(
                """
                update identity
                set role_after =
                  coalesce((select max(c.number) from certificate c where c.identity = :name), 0)
                where name = :name
                """)
            .bind("name", name)
            .execute());
  }

  /** Cancels what could still be used, and says which, oldest first. */
  public static List<String> cancelEnrollments(Handle handle, String name, Instant at) {
    List<String> ids =
        handle
            .createQuery(
                "select id from enrollment where identity = :identity and state = 'open'"
                    + " and expires_at > :at order by number for update")
            .bind("identity", name)
            .bind("at", at)
            .mapTo(String.class)
            .list();
    for (String id : ids) {
      exactlyOne(
          handle
              .createUpdate(
                  "update enrollment set state = 'cancelled', cancelled_at = :at"
                      + " where id = :id and state = 'open'")
              .bind("at", at)
              .bind("id", id)
              .execute());
    }
    return ids;
  }

  private static void insertNames(Handle handle, Identity identity) {
    if (identity.names().isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "insert into identity_name (identity, position_in_list, kind, san)"
                + " values (:identity, :position, :kind, :san)");
    int position = 0;
    for (SubjectName name : identity.names().list()) {
      batch
          .bind("identity", identity.name())
          .bind("position", position++)
          .bind("kind", name.kind().label())
          .bind("san", name.value())
          .add();
    }
    batch.execute();
  }

  /** Guarded by the state: an identity that is revoked already keeps its first reason and time. */
  public static void revoke(Handle handle, String name, RevocationReason reason, Instant at) {
    exactlyOne(
        handle
            .createUpdate(
                """
                update identity
                set state = 'revoked', revoked_at = :at, revocation_reason = :reason,
                  barred_until = :at, version = version + 1
                where name = :name and state = 'active'
                """)
            .bind("name", name)
            .bind("reason", reason.label())
            .bind("at", at)
            .execute());
  }

  /** What became known later: the keys of an identity that is revoked already are compromised. */
  public static void raiseReason(Handle handle, String name, RevocationReason reason) {
    exactlyOne(
        handle
            .createUpdate(
                "update identity set revocation_reason = :reason"
                    + " where name = :name and state = 'revoked'")
            .bind("name", name)
            .bind("reason", reason.label())
            .execute());
  }

  static void restore(Handle handle, String name) {
    exactlyOne(
        handle
            .createUpdate(
                """
                update identity
                set state = 'active', revoked_at = null, revocation_reason = null,
                  version = version + 1
                where name = :name and state = 'revoked'
                """)
            .bind("name", name)
            .execute());
  }

  public static Optional<Identity> find(Handle handle, String name) {
    return find(handle, name, "");
  }

  /** With its row locked: nobody issues to it, revokes it or changes it until the commit. */
  public static Optional<Identity> findLocked(Handle handle, String name) {
    return find(handle, name, " for update");
  }

  private static Optional<Identity> find(Handle handle, String name, String lock) {
    return handle
        .createQuery("select * from identity where name = :name" + lock)
        .bind("name", name)
        .map((row, context) -> identity(row, Names.none()))
        .findOne()
        .map(found -> withNames(handle, found));
  }

  /** By what somebody acts. */
  public record Standing(Optional<Role> role, boolean certificateIsActive) {}

  /**
   * The role of an active identity, and whether the certificate by which it acts is neither revoked
   * nor on hold; both stay so until the end of the transaction. The second is asked after the
   * identity's row was locked, which whoever revokes or holds a certificate locks first, and not by
   * the query that locks: that one does not see what was done while it waited.
   *
   * @param certificate number of the one that is to act by the role
   */
  public static Standing standingThatStays(
      Handle handle, Dialect dialect, String name, long certificate) {
    List<Role> role = new ArrayList<>();
    List<String> status = new ArrayList<>();
    Jdbc.together(
        handle,
        dialect,
        Part.select(
            "select role from identity where name = ? and state = 'active' and role is not null"
                + " and role_after < ?"
                + dialect.rowMustStay(),
            2,
            (statement, first) -> {
              statement.setString(first, name);
              statement.setLong(first + 1, certificate);
            },
            row -> role.add(Role.parse(row.getString(1)))),
        Part.select(
            "select status from certificate where number = ?",
            1,
            (statement, first) -> statement.setLong(first, certificate),
            row -> status.add(row.getString(1))));
    return new Standing(role.stream().findFirst(), status.contains("active"));
  }

  static List<Identity> list(
      Handle handle, IdentityFilter filter, Optional<String> after, int limit) {
    String sql =
        "select * from identity where name > :after and name <> :reserved"
            + (filter.state().isPresent() ? " and state = :state" : "")
            + " order by name fetch first :limit rows only";
    Query query =
        handle
            .createQuery(sql)
            .bind("after", after.orElse(""))
            .bind("reserved", Identity.RESERVED)
            .bind("limit", limit);
    filter.state().ifPresent(state -> query.bind("state", state.label()));
    return query.map((row, context) -> identity(row, Names.none())).list().stream()
        .map(found -> withNames(handle, found))
        .toList();
  }

  /** To be asked under the guard, see {@link #lockGuard}. */
  public static boolean isLastAdmin(Handle handle, String name) {
    List<String> admins =
        handle
            .createQuery("select name from identity where role = 'admin' and state = 'active'")
            .mapTo(String.class)
            .list();
    return admins.equals(List.of(name));
  }

  /**
   * One at a time takes power away, on whatever server: two admins who remove each other would
   * otherwise both see that the other is left.
   *
   * @return the last revocation number given out
   */
  public static long lockGuard(Handle handle) {
    return handle
        .createQuery("select last_number from guard where name = 'revocation' for update")
        .mapTo(Long.class)
        .one();
  }

  private static Identity withNames(Handle handle, Identity identity) {
    List<SubjectName> names =
        handle
            .createQuery(
                "select kind, san from identity_name where identity = :identity"
                    + " order by position_in_list")
            .bind("identity", identity.name())
            .map(
                (row, context) ->
                    new SubjectName(
                        NameKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                        row.getString("san")))
            .list();
    if (names.isEmpty()) {
      return identity;
    }
    try {
      return new Identity(
          identity.name(),
          identity.profile(),
          identity.role(),
          identity.owner(),
          Names.of(names),
          identity.state(),
          identity.createdAt(),
          identity.revokedAt(),
          identity.revocationReason(),
          identity.version());
    } catch (InvalidRequestException e) {
      throw new IllegalStateException("names in the database that were never accepted", e);
    }
  }

  private static Identity identity(ResultSet row, Names names) throws SQLException {
    return new Identity(
        row.getString("name"),
        row.getString("profile"),
        Optional.ofNullable(row.getString("role")).map(Role::parse),
        Optional.ofNullable(row.getString("owner")),
        names,
        Identity.State.parse(row.getString("state")),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        Optional.ofNullable(row.getObject("revoked_at", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant),
        Optional.ofNullable(row.getString("revocation_reason")).map(RevocationReason::parse),
        row.getLong("version"));
  }

  private static void exactlyOne(int rows) {
    if (rows != 1) {
      throw new IllegalStateException("a row was changed under its lock: " + rows + " rows");
    }
  }
}
