package dev.countersign.server.issuance;

import dev.countersign.db.Dialect;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.identity.Identity;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** SQL of the recording transaction, which its caller owns. */
final class RecordingStore {

  /** What must hold of the identity until the commit. */
  record Standing(
      Identity.State state, Optional<Instant> barredUntil, long roleAfter, boolean keyIsDenied) {}

  /** The certificate that is renewed. */
  record Previous(
      long number,
      String identity,
      CertificateStatus status,
      SerialNumber lineage,
      Instant issuedAt) {}

  /** A certificate that was recorded under this retry key before. */
  record Twin(CertificateRow row, boolean sameRequest) {}

  private RecordingStore() {}

  /**
   * Locks the identity's row against revocation, which locks it for itself alone: whichever comes
   * first is seen by the other. Others may record for the same identity meanwhile.
   */
  static Optional<Standing> lockIdentity(
      Handle handle, Dialect dialect, String identity, RetryKey retry) {
    String sql =
        """
        select state, barred_until, role_after,
          exists (
            select 1 from certificate c
            where c.key_hash = :keyHash
              and c.revocation_reason = 'keyCompromise') as key_is_denied
        from identity where name = :name
        """;
    return handle
        .createQuery(sql + dialect.rowMustStay())
        .bind("name", identity)
        .bind("keyHash", retry.keyHashBytes())
        .map(
            (row, context) ->
                new Standing(
                    Identity.State.parse(row.getString("state")),
                    Optional.ofNullable(row.getObject("barred_until", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant),
                    row.getLong("role_after"),
                    row.getBoolean("key_is_denied")))
        .findOne();
  }

  static Optional<Previous> previous(Handle handle, SerialNumber serial) {
    return handle
        .createQuery(
            "select number, identity, status, lineage, issued_at from certificate"
                + " where serial = :serial")
        .bind("serial", serial.toString())
        .map(
            (row, context) ->
                new Previous(
                    row.getLong("number"),
                    row.getString("identity"),
                    CertificateStatus.parse(row.getString("status")),
                    Optional.ofNullable(row.getString("lineage"))
                        .map(SerialNumber::parse)
                        .orElse(serial),
                    row.getObject("issued_at", OffsetDateTime.class).toInstant()))
        .findOne();
  }

  /** The certificate recorded under this retry key. */
  static Optional<Twin> twin(Handle handle, RetryKey retry) {
    if (retry.key().isEmpty()) {
      return Optional.empty();
    }
    return handle
        .createQuery(
            "select * from certificate where retry_key = :retryKey and retry_hash = :retryHash")
        .bind("retryKey", retry.key().get())
        .bind("retryHash", retry.uniqueWith())
        .map(
            (row, context) ->
                new Twin(
                    CertificateRows.read(row),
                    !retry.alone()
                        || Arrays.equals(row.getBytes("request_hash"), retry.requestHashBytes())))
        .findOne();
  }

  /**
   * Its number; empty when there is one with this retry key or serial already.
   *
   * @param lineage of a renewal
   */
  static Optional<Long> insert(
      Handle handle,
      SignedCertificate signed,
      Applicant applicant,
      RetryKey retry,
      Optional<SerialNumber> lineage,
      Instant issuedAt) {
    Certificate certificate = signed.certificate();
    Optional<Long> number =
        handle
            .createUpdate(
                """
                insert into certificate
                  (serial, der, identity, profile, issuer, subject, key_hash, not_before, not_after,
                   status, proof_kind, proof_id, retry_key, retry_hash, request_hash, requested_by,
                   remote_address, previous_serial, lineage, issued_at)
                values
                  (:serial, :der, :identity, :profile, :issuer, :subject, :keyHash, :notBefore,
                   :notAfter, 'active', :proofKind, :proofId, :retryKey, :retryHash, :requestHash,
                   :requestedBy, :remoteAddress, :previous, :lineage, :issuedAt)
                on conflict do nothing
                """)
            .bind("serial", certificate.serial().toString())
            .bind("der", certificate.encoded())
            .bind("identity", applicant.identity().name())
            .bind("profile", applicant.profile())
            .bind("issuer", signed.issuer())
            .bind("subject", certificate.subject())
            .bind("keyHash", retry.keyHashBytes())
            .bind("notBefore", certificate.notBefore())
            .bind("notAfter", certificate.notAfter())
            .bind("proofKind", applicant.proof().kind())
            .bind("proofId", applicant.proof().id())
            .bind("retryKey", retry.key())
            .bind("retryHash", retry.key().map(key -> retry.uniqueWith()))
            .bind(
                "requestHash",
                retry.key().filter(key -> retry.alone()).map(key -> retry.requestHashBytes()))
            .bind("requestedBy", applicant.actor().name())
            .bind("remoteAddress", applicant.actor().remoteAddress().orElse(""))
            .bind("previous", applicant.previous().map(SerialNumber::toString))
            .bind("lineage", lineage.map(SerialNumber::toString))
            .bind("issuedAt", issuedAt)
            .executeAndReturnGeneratedKeys("number")
            .mapTo(Long.class)
            .findOne();
    number.ifPresent(of -> insertNames(handle, of, certificate.names()));
    return number;
  }

  private static void insertNames(Handle handle, long certificate, Names names) {
    if (names.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "insert into certificate_name (san, certificate, kind) values (:san, :certificate, :kind)");
    for (SubjectName name : names.list()) {
      batch
          .bind("san", name.value())
          .bind("certificate", certificate)
          .bind("kind", name.kind().label())
          .add();
    }
    batch.execute();
  }

  static Optional<CertificateRow> find(Handle handle, SerialNumber serial) {
    return handle
        .createQuery("select * from certificate where serial = :serial")
        .bind("serial", serial.toString())
        .map((row, context) -> CertificateRows.read(row))
        .findOne();
  }
}
