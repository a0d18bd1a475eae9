package dev.countersign.server.issuance;

import dev.countersign.db.Database;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.RecordingStore.Previous;
import dev.countersign.server.issuance.RecordingStore.Twin;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import dev.countersign.server.paging.Cursor;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;

/**
 * The last step of the corridor and what can be looked up afterwards. Whatever it returns is on the
 * disk.
 */
public final class CertificateStore {

  private final Database database;
  private final Ledger ledger;
  private final InstantSource clock;
  private final AnswerContext context;

  public CertificateStore(
      Database database, Ledger ledger, InstantSource clock, AnswerContext context) {
    this.database = database;
    this.ledger = ledger;
    this.clock = clock;
    this.context = context;
  }

  /**
   * What this applicant got for this request before: a lost answer costs nothing.
   *
   * @throws Refusal {@code IDEMPOTENCY_MISMATCH} when the retry key was used for something else
   */
  public Optional<RecordedCertificate> issuedFor(Applicant applicant, RequestDigest request) {
    RetryKey retry = RetryKey.of(applicant, request);
    if (retry.key().isEmpty()) {
      return Optional.empty();
    }
    // The usual case promises nothing and so need not wait for a flush that is under way
    if (database.read(handle -> RecordingStore.twin(handle, retry)).isEmpty()) {
      return Optional.empty();
    }
    return database
        .readSettled(handle -> RecordingStore.twin(handle, retry))
        .map(CertificateStore::sameRequest)
        .map(row -> new RecordedCertificate(row, context));
  }

  /**
   * Records in one transaction the certificate, what the proof loses by it, and the event. Holds no
   * thread while the group commits.
   *
   * @return completes when all is on the disk, with this certificate or with that of a twin that
   *     came first; with a {@link Refusal} nothing was recorded
   */
  public CompletableFuture<RecordedCertificate> record(
      SignedCertificate signed, Applicant applicant) {
    RetryKey retry = RetryKey.of(applicant, signed.request());
    return database
        .write(handle -> record(handle, signed, applicant, retry))
        .thenApply(row -> new RecordedCertificate(row, context));
  }

  private CertificateRow record(
      Handle handle, SignedCertificate signed, Applicant applicant, RetryKey retry) {
    Optional<Previous> previous = lockIdentityAndFindPrevious(handle, applicant, retry);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Optional<SerialNumber> lineage = previous.map(Previous::lineage);
    Optional<Long> number = RecordingStore.insert(handle, signed, applicant, retry, lineage, now);
    if (number.isEmpty()) {
      return RecordingStore.twin(handle, retry)
          .map(CertificateStore::sameRequest)
          .orElseThrow(() -> new IllegalStateException("this serial number was given out before"));
    }
    // After the insert: a twin whose enrolment is used up by its own certificate is no mistake.
    applicant.proof().consume(handle);
    ledger.append(handle, issued(signed.certificate(), applicant, now));
    return row(number.get(), signed, applicant, retry, lineage, now);
  }

  private Optional<Previous> lockIdentityAndFindPrevious(
      Handle handle, Applicant applicant, RetryKey retry) {
    String name = applicant.identity().name();
    RecordingStore.Standing standing =
        RecordingStore.lockIdentity(handle, database.dialect(), name, retry)
            .orElseThrow(() -> new Refusal(Kind.NOT_FOUND, "There is no identity " + name + "."));
    if (standing.state() == Identity.State.REVOKED) {
      throw new Refusal(
          Kind.IDENTITY_REVOKED,
          "The identity " + name + " is revoked; an operator can restore it.");
    }
    if (standing.keyIsDenied()) {
      throw new Refusal(
          Kind.BAD_PUBLIC_KEY,
          "This key was reported as compromised and is not certified again: make a new one.");
    }
    Optional<Previous> previous =
        applicant.previous().map(serial -> previous(handle, serial, name));
    if (previous.isPresent()
        && standing
            .barredUntil()
            .filter(barred -> !previous.get().issuedAt().isAfter(barred))
            .isPresent()) {
      throw new Refusal(
          Kind.CERTIFICATE_REVOKED,
          "The certificate is from before its identity was revoked: enrol with a new string.");
    }
    if (previous.isPresent()
        && applicant.profile().equals(Profile.OPERATOR)
        && previous.get().number() <= standing.roleAfter()) {
      throw new Refusal(
          Kind.NOT_ALLOWED,
          "The certificate is from before "
              + name
              + " was given its role: enrol with a new string.");
    }
    return previous;
  }

  private static Previous previous(Handle handle, SerialNumber serial, String identity) {
    Previous previous =
        RecordingStore.previous(handle, serial)
            .filter(found -> found.identity().equals(identity))
            .orElseThrow(
                () -> new Refusal(Kind.NOT_FOUND, "The certificate to renew is not known."));
    if (previous.status() != CertificateStatus.ACTIVE) {
      throw new Refusal(
          Kind.CERTIFICATE_REVOKED,
          previous.status() == CertificateStatus.HELD
              ? "The certificate to renew is on hold; an operator can release it."
              : "The certificate to renew is revoked: enrol with a new string.");
    }
    return previous;
  }

  private static CertificateRow sameRequest(Twin twin) {
    if (!twin.sameRequest()) {
      throw new Refusal(
          Kind.IDEMPOTENCY_MISMATCH,
          "This Idempotency-Key was used for another request: choose a new one.");
    }
    return twin.row();
  }

  private static LedgerEvent issued(Certificate certificate, Applicant applicant, Instant now) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("profile", applicant.profile());
    details.put("proof", applicant.proof().kind());
    details.put("proofId", applicant.proof().id());
    details.put("notAfter", certificate.notAfter().toString());
    applicant.previous().ifPresent(serial -> details.put("previous", serial.toString()));
    return LedgerEvent.of(now, applicant.actor(), "certificate.issued")
        .about(applicant.identity().name())
        .withSerial(certificate.serial().toString())
        .with(details);
  }

  private static CertificateRow row(
      long number,
      SignedCertificate signed,
      Applicant applicant,
      RetryKey retry,
      Optional<SerialNumber> lineage,
      Instant now) {
    return new CertificateRow(
        number,
        signed.certificate(),
        applicant.identity().name(),
        applicant.profile(),
        signed.issuer(),
        retry.keyHash(),
        CertificateStatus.ACTIVE,
        Optional.empty(),
        new CertificateRow.Provenance(
            applicant.proof().kind(),
            applicant.proof().id(),
            applicant.actor().name(),
            applicant.actor().remoteAddress(),
            now),
        applicant.previous(),
        lineage.orElse(signed.certificate().serial()));
  }

  /**
   * The row of a certificate that its holder shows. It was released, so it is on the disk; what is
   * on its way there can only be a revocation, and may count early.
   */
  public Optional<CertificateRow> shown(SerialNumber serial) {
    return database.read(handle -> RecordingStore.find(handle, serial));
  }

  public Optional<CertificateRow> find(SerialNumber serial) {
    return database.readSettled(handle -> RecordingStore.find(handle, serial));
  }

  /** What was recorded under this serial, with its chain, whatever became of it since. */
  public Optional<RecordedCertificate> recorded(SerialNumber serial) {
    return find(serial).map(row -> new RecordedCertificate(row, context));
  }

  /** All serials renewed from the same first certificate, oldest first, at most 100. */
  public List<SerialNumber> lineage(CertificateRow row) {
    return database.read(handle -> CertificateSearchStore.lineage(handle, row.lineage()));
  }

  /** Newest first. */
  public Paged<CertificateRow> search(CertificateFilter filter, Page page) {
    Optional<Long> before = Cursor.CERTIFICATES.number(page);
    Instant now = clock.instant();
    List<CertificateRow> read =
        database.readSettled(
            handle ->
                CertificateSearchStore.search(
                    handle,
                    new SearchPlan(database.dialect(), filter, before, now),
                    page.limit() + 1));
    return Paged.of(read, page, last -> Cursor.CERTIFICATES.of(last.number()));
  }
}
