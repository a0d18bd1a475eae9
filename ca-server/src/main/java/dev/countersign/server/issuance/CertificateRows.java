package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.issuance.CertificateRow.Provenance;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.Optional;

/** From a row of the table to a {@link CertificateRow}. */
public final class CertificateRows {

  private CertificateRows() {}

  public static CertificateRow read(ResultSet row) throws SQLException {
    return read(row, Certificate.parse(row.getBytes("der")));
  }

  /** Where the row is known to be of this certificate, which need not be taken apart again. */
  static CertificateRow read(ResultSet row, Certificate certificate) throws SQLException {
    SerialNumber serial = certificate.serial();
    return new CertificateRow(
        row.getLong("number"),
        certificate,
        row.getString("identity"),
        row.getString("profile"),
        row.getString("issuer"),
        HexFormat.of().formatHex(row.getBytes("key_hash")),
        CertificateStatus.parse(row.getString("status")),
        denial(row),
        new Provenance(
            row.getString("proof_kind"),
            row.getString("proof_id"),
            row.getString("requested_by"),
            Optional.of(row.getString("remote_address")).filter(address -> !address.isEmpty()),
            row.getObject("issued_at", OffsetDateTime.class).toInstant()),
        Optional.ofNullable(row.getString("previous_serial")).map(SerialNumber::parse),
        Optional.ofNullable(row.getString("lineage")).map(SerialNumber::parse).orElse(serial));
  }

  /** From the columns revoked_at, revocation_reason and invalidity_date. */
  public static Optional<Denial> denial(ResultSet row) throws SQLException {
    Optional<Instant> revokedAt = instant(row, "revoked_at");
    if (revokedAt.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Denial(
            revokedAt.get(),
            RevocationReason.parse(row.getString("revocation_reason")),
            instant(row, "invalidity_date")));
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
