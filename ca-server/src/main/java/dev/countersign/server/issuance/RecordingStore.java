package dev.countersign.server.issuance;

import static java.util.Objects.requireNonNull;

import dev.countersign.db.Dialect;
import dev.countersign.db.Jdbc;
import dev.countersign.db.Jdbc.Part;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.Role;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** SQL of the recording transaction, which its caller owns: one statement for a whole set each. */
final class RecordingStore {

  /** What must hold of an identity until the commit. */
  record Standing(
      Identity.State state, long version, Optional<Instant> barredUntil, long roleAfter) {}

  /**
   * What is recorded on, and stays so until the commit.
   *
   * @param identities by name, those that there are
   * @param active the issuing CAs that are not revoked; none when there is none of the identities
   */
  record Ground(Map<String, Standing> identities, Set<String> active) {}

  /**
   * What is known of a key.
   *
   * @param holder the identity that it is of
   * @param denied whether it was reported as compromised
   */
  record KeyFacts(String holder, boolean denied) {}

  /** The certificate that is renewed. */
  record Previous(
      long number,
      String identity,
      CertificateStatus status,
      SerialNumber lineage,
      Instant issuedAt) {}

  /** A certificate that was recorded under this retry key before. */
  record Twin(CertificateRow row, boolean sameRequest) {}

  private record NumberedName(long certificate, SubjectName name) {}

  private static final String INSERT =
      """
      insert into certificate
        (serial, der, identity, profile, issuer, subject, key_hash, not_before, not_after,
         status, proof_kind, proof_id, retry_key, retry_hash, request_hash, requested_by,
         remote_address, previous_serial, lineage, issued_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict do nothing
      """;

  private static final String CLAIM =
      """
      insert into subject_key (key_hash, identity)
      select k.hash, k.identity
      from unnest(cast(? as bytea array), cast(? as varchar array)) as k (hash, identity)
      order by k.hash
      on conflict do nothing
      """;

  private RecordingStore() {}

  /**
   * Locks the identities' rows against changes, which lock each for themselves alone: whichever
   * comes first is seen by the other. Others may record for the same identities meanwhile. The
   * issuing CAs' rows are locked against their revocation: a node reads its authorities when it
   * starts, and would go on with one that another has revoked since.
   *
   * @param names sorted
   * @param issuers sorted
   */
  static Ground lock(Handle handle, Dialect dialect, List<String> names, List<String> issuers) {
    Ground ground = new Ground(new HashMap<>(), new HashSet<>());
    Jdbc.list(
        handle,
        "select i.name, i.state, i.version, i.barred_until, i.role_after, a.name, a.state"
            + " from identity i, authority a where i.name = any (?) and a.name = any (?)"
            + " order by i.name, a.name"
            + dialect.rowMustStay("i")
            + dialect.rowMustNotBeTaken("a"),
        statement -> {
          Jdbc.setTexts(statement, 1, names);
          Jdbc.setTexts(statement, 2, issuers);
        },
        row -> {
          if (row.getString(7).equals("active")) {
            ground.active().add(row.getString(6));
          }
          return ground
              .identities()
              .put(
                  row.getString(1),
                  new Standing(
                      Identity.State.parse(row.getString(2)),
                      row.getLong(3),
                      Optional.ofNullable(Jdbc.instant(row, 4)),
                      row.getLong(5)));
        });
    return ground;
  }

  /**
   * Makes the keys that are new here their identities', of several in the set the first's. Waits
   * for others who are about to do so with one of them, and then sees what they did.
   *
   * @return by {@link RetryKey#keyHash}, whose each key is now
   */
  static Map<String, KeyFacts> claimKeys(
      Handle handle, Dialect dialect, List<Recording.Entry> entries) {
    Map<String, String> holders =
        new TreeMap<>(); // in one order, or two servers wait for each other
    for (Recording.Entry entry : entries) {
      holders.putIfAbsent(entry.unit().retry().keyHash(), entry.unit().identity());
    }
    Map<String, KeyFacts> found = new HashMap<>();
    if (holders.isEmpty()) {
      return found;
    }
    List<byte[]> hashes = holders.keySet().stream().map(HexFormat.of()::parseHex).toList();
    Jdbc.together(
        handle,
        dialect,
        Part.update(
            CLAIM,
            2,
            (statement, first) -> {
              Jdbc.setOctets(statement, first, hashes);
              Jdbc.setTexts(statement, first + 1, List.copyOf(holders.values()));
            }),
        // Not locked: who denies a key locks its identity first, as has been done here
        Part.select(
            "select key_hash, identity, denied from subject_key where key_hash = any (?)",
            1,
            (statement, first) -> Jdbc.setOctets(statement, first, hashes),
            row ->
                found.put(
                    HexFormat.of().formatHex(row.getBytes(1)),
                    new KeyFacts(row.getString(2), row.getBoolean(3)))));
    return found;
  }

  static Map<SerialNumber, Previous> previous(Handle handle, List<SerialNumber> serials) {
    Map<SerialNumber, Previous> found = new HashMap<>();
    if (serials.isEmpty()) {
      return found;
    }
    Jdbc.list(
        handle,
        "select serial, number, identity, status, lineage, issued_at from certificate"
            + " where serial = any (?)",
        statement ->
            Jdbc.setTexts(statement, 1, serials.stream().map(SerialNumber::toString).toList()),
        row -> {
          SerialNumber serial = SerialNumber.parse(row.getString(1));
          String lineage = row.getString(5);
          return found.put(
              serial,
              new Previous(
                  row.getLong(2),
                  row.getString(3),
                  CertificateStatus.parse(row.getString(4)),
                  lineage == null ? serial : SerialNumber.parse(lineage),
                  requireNonNull(Jdbc.instant(row, 6))));
        });
    return found;
  }

  /** The certificate recorded under this retry key. */
  static Optional<Twin> twin(Handle handle, RetryKey retry) {
    if (retry.key().isEmpty()) {
      return Optional.empty();
    }
    return Jdbc.first(
        handle,
        "select * from certificate where retry_key = ? and retry_hash = ?",
        statement -> {
          statement.setString(1, retry.key().get());
          statement.setBytes(2, retry.uniqueWith());
        },
        row ->
            new Twin(
                CertificateRows.read(row),
                !retry.alone()
                    || Arrays.equals(row.getBytes("request_hash"), retry.requestHashBytes())));
  }

  /**
   * Numbers, in the order of the entries; empty where there is one with this retry key or serial
   * already, also before it in the set.
   */
  static List<Optional<Long>> insert(Handle handle, List<Recording.Entry> entries) {
    List<Optional<Long>> numbers =
        Jdbc.insertNumbered(handle, INSERT, "number", entries, RecordingStore::bind);
    List<NumberedName> names = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      if (numbers.get(i).isPresent()) {
        for (SubjectName name : entries.get(i).unit().certificate().names().list()) {
          names.add(new NumberedName(numbers.get(i).get(), name));
        }
      }
    }
    Jdbc.insertAll(
        handle,
        "insert into certificate_name (san, certificate, kind) values (?, ?, ?)",
        names,
        (statement, name) -> {
          statement.setString(1, name.name().value());
          statement.setLong(2, name.certificate());
          statement.setString(3, name.name().kind().label());
        });
    return numbers;
  }

  private static void bind(PreparedStatement statement, Recording.Entry entry) throws SQLException {
    Certificate certificate = entry.unit().certificate();
    Applicant applicant = entry.unit().applicant();
    RetryKey retry = entry.unit().retry();
    boolean retries = retry.key().isPresent();
    statement.setString(1, certificate.serial().toString());
    statement.setBytes(2, certificate.encoded());
    statement.setString(3, applicant.identity().name());
    statement.setString(4, applicant.profile());
    statement.setString(5, entry.unit().issuer());
    statement.setString(6, certificate.subject());
    statement.setBytes(7, retry.keyHashBytes());
    Jdbc.setInstant(statement, 8, certificate.notBefore());
    Jdbc.setInstant(statement, 9, certificate.notAfter());
    statement.setString(10, applicant.proof().kind());
    statement.setString(11, applicant.proof().id());
    statement.setString(12, retry.key().orElse(null));
    statement.setBytes(13, retries ? retry.uniqueWith() : null);
    statement.setBytes(14, retries && retry.alone() ? retry.requestHashBytes() : null);
    statement.setString(15, applicant.actor().name());
    statement.setString(16, applicant.actor().remoteAddress().orElse(""));
    statement.setString(17, applicant.previous().map(SerialNumber::toString).orElse(null));
    statement.setString(18, entry.lineage().map(SerialNumber::toString).orElse(null));
    Jdbc.setInstant(statement, 19, entry.issuedAt());
  }

  /** The row of exactly this certificate. */
  static Optional<CertificateRow> find(Handle handle, Certificate certificate) {
    return Jdbc.first(
        handle,
        "select * from certificate where serial = ? and der = ?",
        statement -> {
          statement.setString(1, certificate.serial().toString());
          statement.setBytes(2, certificate.encoded());
        },
        row -> CertificateRows.read(row, certificate));
  }

  /** What is asked about the caller of every request, in one query. */
  static Optional<Presented> presented(Handle handle, Certificate certificate) {
    return Jdbc.first(
        handle,
        """
        select c.number, c.identity, c.profile, c.status, i.state, i.role, i.role_after
        from certificate c join identity i on i.name = c.identity
        where c.serial = ? and c.der = ?
        """,
        statement -> {
          statement.setString(1, certificate.serial().toString());
          statement.setBytes(2, certificate.encoded());
        },
        row ->
            new Presented(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                CertificateStatus.parse(row.getString(4)),
                Identity.State.parse(row.getString(5)),
                Optional.ofNullable(row.getString(6)).map(Role::parse),
                row.getLong(7)));
  }

  static Optional<CertificateRow> find(Handle handle, SerialNumber serial) {
    return Jdbc.first(
        handle,
        "select * from certificate where serial = ?",
        statement -> statement.setString(1, serial.toString()),
        CertificateRows::read);
  }
}
