package dev.countersign.server.revocation;

import static java.util.Objects.requireNonNull;

import dev.countersign.db.Dialect;
import dev.countersign.db.Jdbc;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.issuance.CertificateRows;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.issuance.Denial;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** SQL of revocations. Each method is part of a transaction that its caller owns. */
final class RevocationStore {

  private static final String COLUMNS =
      "select number, serial, identity, issuer, not_before, status, previous_serial, lineage,"
          + " revoked_at, revocation_reason, invalidity_date from certificate";

  static final int PAGE = 5_000;

  private RevocationStore() {}

  /** What a revocation must know of a certificate. */
  record Target(
      long number,
      SerialNumber serial,
      String identity,
      String issuer,
      Instant notBefore,
      CertificateStatus status,
      Optional<SerialNumber> previous,
      SerialNumber lineage,
      Optional<Denial> denial) {

    boolean hasReason(RevocationReason reason) {
      return denial.filter(d -> d.reason() == reason).isPresent();
    }
  }

  static Optional<Target> find(Handle handle, SerialNumber serial) {
    return handle
        .createQuery(COLUMNS + " where serial = :serial")
        .bind("serial", serial.toString())
        .map((row, context) -> target(row))
        .findOne();
  }

  /** The whole chain of renewals, oldest first. */
  static List<Target> lineage(Handle handle, SerialNumber first) {
    return handle
        .createQuery( // not "or": each half has its index
            COLUMNS
                + " where serial = :first union all "
                + COLUMNS
                + " where lineage = :first order by number")
        .bind("first", first.toString())
        .map((row, context) -> target(row))
        .list();
  }

  /** All with the same public key as this certificate, oldest first. */
  static List<Target> withSameKey(Handle handle, SerialNumber serial) {
    return handle
        .createQuery(
            COLUMNS
                + " where key_hash = (select c.key_hash from certificate c where c.serial ="
                + " :serial) order by number")
        .bind("serial", serial.toString())
        .map((row, context) -> target(row))
        .list();
  }

  /** Not expired, whether revoked or not. */
  static List<Target> notEnded(Handle handle, String identity, Instant now) {
    return handle
        .createQuery(
            COLUMNS + " where identity = :identity and not_after >= :now" + " order by number")
        .bind("identity", identity)
        .bind("now", now)
        .map((row, context) -> target(row))
        .list();
  }

  static List<SerialNumber> revokedAt(Handle handle, String identity, Instant at) {
    return handle
        .createQuery(
            "select serial from certificate where identity = :identity and status = 'revoked'"
                + " and revoked_at = :at order by number")
        .bind("identity", identity)
        .bind("at", at)
        .mapTo(String.class)
        .map(SerialNumber::parse)
        .list();
  }

  /** Guarded by the status that the decision was made on. */
  static void deny(
      Handle handle, Target target, CertificateStatus status, Denial denial, long number) {
    exactlyOne(
        handle
            .createUpdate(
                """
                update certificate
                set status = :status, revoked_at = :at, revocation_reason = :reason,
                  invalidity_date = :invalidityDate, revocation_sequence = :sequence
                where serial = :serial and status = :before
                """)
            .bind("status", status.label())
            .bind("at", denial.revokedAt())
            .bind("reason", denial.reason().label())
            .bind("invalidityDate", denial.invalidityDate())
            .bind("sequence", number)
            .bind("serial", target.serial().toString())
            .bind("before", target.status().label())
            .execute());
    journal(handle, target.serial());
  }

  /** From now on the key of this certificate is certified for nobody. */
  static void denyKey(Handle handle, SerialNumber serial) {
    exactlyOne(
        handle
            .createUpdate(
                """
                update subject_key set denied = true
                where key_hash = (select c.key_hash from certificate c where c.serial = :serial)
                """)
            .bind("serial", serial.toString())
            .execute());
  }

  /** The same of every key that this identity ever had. */
  static void denyKeys(Handle handle, String identity) {
    handle
        .createUpdate(
            """
            update subject_key set denied = true
            where not denied
              and key_hash in (select c.key_hash from certificate c where c.identity = :identity)
            """)
        .bind("identity", identity)
        .execute();
  }

  static void release(Handle handle, SerialNumber serial, long number) {
    exactlyOne(
        handle
            .createUpdate(
                """
                update certificate
                set status = 'active', revoked_at = null, revocation_reason = null,
                  invalidity_date = null, revocation_sequence = :sequence
                where serial = :serial and status = 'held'
                """)
            .bind("sequence", number)
            .bind("serial", serial.toString())
            .execute());
    journal(handle, serial);
  }

  /** For whoever follows the changes: lists, and answers about one certificate. */
  private static void journal(Handle handle, SerialNumber serial) {
    exactlyOne(
        handle
            .createUpdate(
                """
                insert into denial (issuer, number, serial, not_after, revoked_at,
                  revocation_reason, invalidity_date)
                select issuer, revocation_sequence, serial, not_after, revoked_at,
                  revocation_reason, invalidity_date
                from certificate where serial = :serial
                """)
            .bind("serial", serial.toString())
            .execute());
  }

  /** The same for what is in no table of certificates. */
  static void journal(Handle handle, String issuer, Change change) {
    Denial denial = change.denial().orElseThrow();
    exactlyOne(
        handle
            .createUpdate(
                """
                insert into denial (issuer, number, serial, not_after, revoked_at,
                  revocation_reason, invalidity_date)
                values (:issuer, :number, :serial, :notAfter, :at, :reason, :invalidityDate)
                """)
            .bind("issuer", issuer)
            .bind("number", change.number())
            .bind("serial", change.serial().toString())
            .bind("notAfter", change.notAfter())
            .bind("at", denial.revokedAt())
            .bind("reason", denial.reason().label())
            .bind("invalidityDate", denial.invalidityDate())
            .execute());
  }

  /** To be called under the guard, with the number that was read with its lock. */
  static void advance(Handle handle, long from, long to) {
    exactlyOne(
        handle
            .createUpdate(
                "update guard set last_number = :to"
                    + " where name = 'revocation' and last_number = :from")
            .bind("to", to)
            .bind("from", from)
            .execute());
  }

  /** So many more were given out: as their numbers have gaps, nobody else knows how many. */
  static void count(Handle handle, long given) {
    exactlyOne(
        handle
            .createUpdate(
                "update guard set last_number = last_number + :given where name = 'denials'")
            .bind("given", given)
            .execute());
  }

  static long lastNumber(Handle handle) {
    return handle
        .createQuery("select last_number from guard where name = 'revocation'")
        .mapTo(Long.class)
        .one();
  }

  /**
   * After which number the last changes up to another begin, so many of them; the first one if
   * there are no more than that.
   */
  static long beginOfLast(Handle handle, long after, long upTo, int most) {
    return Jdbc.first(
            handle,
            "select number from denial where number > ? and number <= ? order by number desc"
                + " offset ? rows fetch first 1 row only",
            statement -> {
              statement.setLong(1, after);
              statement.setLong(2, upTo);
              statement.setInt(3, most);
            },
            row -> row.getLong(1))
        .orElse(after);
  }

  /** The newest change up to this number, so that it is told from another of its number. */
  static Optional<Revoked.Mark> mark(Handle handle, long number) {
    return handle
        .createQuery(
            "select issuer, number, serial, changed_at, not_after from denial"
                + " where number <= :number order by number desc fetch first 1 row only")
        .bind("number", number)
        .map(
            (row, context) ->
                new Revoked.Mark(
                    row.getString("issuer"),
                    row.getLong("number"),
                    row.getString("serial"),
                    row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                    row.getObject("not_after", OffsetDateTime.class).toInstant()))
        .findOne();
  }

  static List<String> enrollmentsCancelledAt(Handle handle, String identity, Instant at) {
    return handle
        .createQuery(
            "select id from enrollment where identity = :identity and cancelled_at = :at"
                + " order by number")
        .bind("identity", identity)
        .bind("at", at)
        .mapTo(String.class)
        .list();
  }

  /** Of one serial or more; without those that the issuer never gave out. */
  static Map<SerialNumber, Status> statuses(
      Handle handle, String issuer, Set<SerialNumber> serials) {
    Query query =
        handle.createQuery(
            "select serial, status, not_after, revoked_at, revocation_reason, invalidity_date"
                + " from certificate where issuer = ? and serial in (?"
                + ", ?".repeat(serials.size() - 1)
                + ")");
    query.bind(0, issuer);
    int position = 0;
    for (SerialNumber serial : serials) {
      query.bind(++position, serial.toString());
    }
    return query
        .map(
            (row, context) ->
                Map.entry(
                    SerialNumber.parse(row.getString("serial")),
                    new Status(
                        CertificateStatus.parse(row.getString("status")),
                        CertificateRows.denial(row),
                        row.getObject("not_after", OffsetDateTime.class).toInstant())))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** The number of the newest change of an authority's certificates; 0 when there is none. */
  static long lastNumber(Handle handle, String issuer) {
    // Not max(number), for which H2 reads all of them
    return Jdbc.first(
            handle,
            "select number from denial where issuer = ?"
                + " order by issuer desc, number desc fetch first 1 row only",
            statement -> statement.setString(1, issuer),
            row -> row.getLong(1))
        .orElse(0L);
  }

  /** The next changes after one and up to another, both by number, as many as a page has. */
  static List<Change> changes(
      Handle handle, Dialect dialect, String issuer, long after, long upTo) {
    return Jdbc.list(
        handle,
        "select number, serial, not_after, revoked_at, revocation_reason, invalidity_date"
            + " from denial where number > ? and number <= ? and "
            + dialect.notByIndex("issuer")
            + " = ? order by number fetch first "
            + PAGE
            + " rows only",
        statement -> {
          statement.setLong(1, after);
          statement.setLong(2, upTo);
          statement.setString(3, issuer);
        },
        row ->
            new Change(
                row.getLong(1),
                SerialNumber.parse(row.getString(2)),
                requireNonNull(Jdbc.instant(row, 3)),
                denial(row)));
  }

  /** From the columns 4 to 6 of {@link #changes}. */
  private static Optional<Denial> denial(ResultSet row) throws SQLException {
    Instant at = Jdbc.instant(row, 4);
    if (at == null) {
      return Optional.empty();
    }
    RevocationReason reason = RevocationReason.parse(row.getString(5));
    return Optional.of(new Denial(at, reason, Optional.ofNullable(Jdbc.instant(row, 6))));
  }

  private static Target target(ResultSet row) throws SQLException {
    SerialNumber serial = SerialNumber.parse(row.getString("serial"));
    return new Target(
        row.getLong("number"),
        serial,
        row.getString("identity"),
        row.getString("issuer"),
        row.getObject("not_before", OffsetDateTime.class).toInstant(),
        CertificateStatus.parse(row.getString("status")),
        Optional.ofNullable(row.getString("previous_serial")).map(SerialNumber::parse),
        Optional.ofNullable(row.getString("lineage")).map(SerialNumber::parse).orElse(serial),
        CertificateRows.denial(row));
  }

  private static void exactlyOne(int rows) {
    if (rows != 1) {
      throw new IllegalStateException("a row was changed under its lock: " + rows + " rows");
    }
  }
}
