package dev.countersign.server.verification;

import static java.util.Objects.requireNonNull;

import dev.countersign.db.Jdbc;
import dev.countersign.server.verification.StoredCertificate.Beside;
import dev.countersign.server.verification.StoredCertificate.Columns;
import dev.countersign.server.verification.StoredCertificate.Denied;
import dev.countersign.server.verification.StoredCertificate.Event;
import dev.countersign.server.verification.StoredCertificate.Key;
import dev.countersign.server.verification.StoredCertificate.Name;
import dev.countersign.server.verification.StoredCertificate.Renewed;
import dev.countersign.server.verification.StoredCertificate.Standing;
import dev.countersign.server.verification.StoredCertificate.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Pages of rows with what must be beside them, each by an index that is there anyway. */
final class VerificationStore {

  static final int PAGE = 500;

  private static final String CERTIFICATES =
      """
      select c.number, c.serial, c.der, c.identity, c.issuer, c.subject, c.key_hash,
        c.not_before, c.not_after, c.status, c.revoked_at, c.revocation_reason, c.invalidity_date,
        c.revocation_sequence, c.previous_serial, c.lineage,
        d.serial, d.not_after, d.revoked_at, d.revocation_reason, d.invalidity_date,
        k.identity, k.denied, i.name, p.identity, coalesce(p.lineage, p.serial)
      from certificate c
        left join denial d on d.number = c.revocation_sequence and d.issuer = c.issuer
        left join subject_key k on k.key_hash = c.key_hash
        left join identity i on i.name = c.identity
        left join certificate p on p.serial = c.previous_serial
      where c.number > ? order by c.number fetch first\s"""
          + PAGE
          + " rows only";

  /** What an authority has denied. */
  record DenialRow(String issuer, long number, String serial) {}

  /** What the table of certificates says of a serial. */
  record Known(String issuer, @Nullable Long sequence) {}

  /** A row of the ledger. */
  record EventRow(long number, String action, @Nullable String serial, String details) {}

  /** An authority, and whether it is recorded as revoked, and how. */
  record AuthorityRow(String name, byte[] der, String state, boolean revocationKnown) {}

  private VerificationStore() {}

  static List<StoredCertificate> certificates(Handle handle, long after) {
    return Jdbc.list(
        handle, CERTIFICATES, statement -> statement.setLong(1, after), VerificationStore::read);
  }

  private static StoredCertificate read(ResultSet row) throws SQLException {
    Columns columns =
        new Columns(
            row.getLong(1),
            row.getString(2),
            row.getBytes(3),
            row.getString(4),
            row.getString(5),
            row.getString(6),
            row.getBytes(7),
            requireNonNull(Jdbc.instant(row, 8)),
            requireNonNull(Jdbc.instant(row, 9)));
    Standing standing = new Standing(row.getString(10), state(row, 11), number(row, 14));
    String denied = row.getString(17);
    Denied denial =
        denied == null
            ? null
            : new Denied(denied, requireNonNull(Jdbc.instant(row, 18)), state(row, 19));
    String holder = row.getString(22);
    Key key = holder == null ? null : new Key(holder, row.getBoolean(23));
    String previous = row.getString(15);
    Renewed renewed =
        previous == null
            ? null
            : new Renewed(previous, row.getString(16), row.getString(25), row.getString(26));
    return new StoredCertificate(
        columns, standing, new Beside(denial, key, row.getString(24) != null, renewed));
  }

  private static State state(ResultSet row, int from) throws SQLException {
    Instant at = Jdbc.instant(row, from);
    return new State(at, row.getString(from + 1), Jdbc.instant(row, from + 2));
  }

  private static @Nullable Long number(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }

  /** Events of certificates with these serials. */
  static List<Event> events(Handle handle, List<String> serials) {
    return Jdbc.list(
        handle,
        "select serial, action, identity from event where serial = any (?)"
            + " and action in ('certificate.issued', 'certificate.revoked', 'certificate.held',"
            + " 'certificate.released')",
        statement -> Jdbc.setTexts(statement, 1, serials),
        row -> new Event(row.getString(1), row.getString(2), row.getString(3)));
  }

  /** Those of these names that are in the table. */
  static Set<Name> names(Handle handle, List<Name> names) {
    if (names.isEmpty()) {
      return Set.of();
    }
    return new HashSet<>(
        Jdbc.list(
            handle,
            """
            select n.certificate, n.kind, n.san
            from unnest(cast(? as bigint array), cast(? as varchar array), cast(? as varchar array))
                as k (certificate, kind, san)
              left join certificate_name n
                on n.san = k.san and n.certificate = k.certificate and n.kind = k.kind
            """,
            statement -> {
              Jdbc.setNumbers(statement, 1, names.stream().map(Name::certificate).toList());
              Jdbc.setTexts(statement, 2, names.stream().map(Name::kind).toList());
              Jdbc.setTexts(statement, 3, names.stream().map(Name::san).toList());
            },
            row -> new Name(row.getLong(1), row.getString(2), row.getString(3))));
  }

  static List<DenialRow> denials(Handle handle, long after) {
    return Jdbc.list(
        handle,
        "select issuer, number, serial from denial where number > ? order by number fetch first "
            + PAGE
            + " rows only",
        statement -> statement.setLong(1, after),
        row -> new DenialRow(row.getString(1), row.getLong(2), row.getString(3)));
  }

  static Map<String, Known> known(Handle handle, List<String> serials) {
    Map<String, Known> known = new HashMap<>();
    Jdbc.list(
        handle,
        "select serial, issuer, revocation_sequence from certificate where serial = any (?)",
        statement -> Jdbc.setTexts(statement, 1, serials),
        row -> known.put(row.getString(1), new Known(row.getString(2), number(row, 3))));
    return known;
  }

  static List<EventRow> events(Handle handle, long after) {
    return Jdbc.list(
        handle,
        "select number, action, serial, details from event where number > ? order by number"
            + " fetch first "
            + PAGE
            + " rows only",
        statement -> statement.setLong(1, after),
        row -> new EventRow(row.getLong(1), row.getString(2), row.getString(3), row.getString(4)));
  }

  static List<AuthorityRow> authorities(Handle handle) {
    return Jdbc.list(
        handle,
        "select a.name, a.certificate, a.state, r.authority from authority a"
            + " left join authority_revocation r on r.authority = a.name order by a.name",
        statement -> {},
        row ->
            new AuthorityRow(
                row.getString(1), row.getBytes(2), row.getString(3), row.getString(4) != null));
  }

  /** The roots of the trust bundles, by number. */
  static Map<Long, String> bundles(Handle handle) {
    Map<Long, String> bundles = new HashMap<>();
    Jdbc.list(
        handle,
        "select number, roots from trust_bundle",
        statement -> {},
        row -> bundles.put(row.getLong(1), row.getString(2)));
    return bundles;
  }

  static Removed removed(Handle handle) {
    Map<String, Instant> listed = new HashMap<>();
    Jdbc.list(
        handle,
        "select issuer, min(expired_before) from crl group by issuer",
        statement -> {},
        row -> listed.put(row.getString(1), requireNonNull(Jdbc.instant(row, 2))));
    return new Removed(
        removed(handle, "denials"),
        removed(handle, "certificates"),
        removed(handle, "events"),
        Jdbc.first(
            handle,
            "select happened_at from event order by number fetch first 1 row only",
            statement -> {},
            row -> requireNonNull(Jdbc.instant(row, 1))),
        listed);
  }

  private static long removed(Handle handle, String what) {
    return Jdbc.first(
            handle,
            "select number from removed where what = ?",
            statement -> statement.setString(1, what),
            row -> row.getLong(1))
        .orElse(0L);
  }

  static long lastDenial(Handle handle) {
    return one(handle, "select last_number from guard where name = 'revocation'");
  }

  /** How many there ever were. */
  static long givenDenials(Handle handle) {
    return one(handle, "select last_number from guard where name = 'denials'");
  }

  static long names(Handle handle) {
    return one(handle, "select count(*) from certificate_name");
  }

  static long denials(Handle handle) {
    return one(handle, "select count(*) from denial");
  }

  static long certificates(Handle handle) {
    return one(handle, "select count(*) from certificate");
  }

  static long events(Handle handle) {
    return one(handle, "select count(*) from event");
  }

  private static long one(Handle handle, String sql) {
    return Jdbc.first(handle, sql, statement -> {}, row -> row.getLong(1)).orElse(0L);
  }
}
