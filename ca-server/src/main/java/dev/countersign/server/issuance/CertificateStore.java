package dev.countersign.server.issuance;

import dev.countersign.db.Database;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.Remembered;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import dev.countersign.server.refusal.Refusal;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The last step of the corridor and what can be looked up afterwards. Whatever it returns is on the
 * disk.
 */
public final class CertificateStore {

  private static final int MOST_REMEMBERED = 1000;

  private final Database database;
  private final Remembered<Certificate, Presented> memory = new Remembered<>(MOST_REMEMBERED);
  private final Recording recording;
  private final InstantSource clock;
  private final AnswerContext context;

  public CertificateStore(
      Database database, Ledger ledger, InstantSource clock, AnswerContext context) {
    this.database = database;
    this.recording = new Recording(database.dialect(), ledger, clock);
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
    return database
        .read(handle -> RecordingStore.twin(handle, retry))
        .map(Recording::sameRequest)
        .map(row -> new RecordedCertificate(row, context));
  }

  /**
   * Records in one transaction the certificate, what the proof loses by it, and the event. Holds no
   * thread while the group commits.
   *
   * @return completes when all is on the disk, with this certificate or with that of a twin that
   *     came first; with a {@link Refusal} or {@link IdentityChangedException} nothing was recorded
   */
  public CompletableFuture<RecordedCertificate> record(
      SignedCertificate signed, Applicant applicant) {
    RetryKey retry = RetryKey.of(applicant, signed.request());
    return database
        .write(recording, new Recording.Unit(signed, applicant, retry))
        .thenApply(row -> new RecordedCertificate(row, context));
  }

  /**
   * The row of a certificate that its holder shows. It was released, so it is on the disk; what is
   * on its way there can only be a revocation, and may count early.
   */
  public Optional<CertificateRow> shown(Certificate certificate) {
    return database.read(handle -> RecordingStore.find(handle, certificate));
  }

  /** The same, of what decides whether its holder may act at all. */
  public Optional<Presented> presented(Certificate certificate) {
    Optional<Presented> found =
        database.read(handle -> RecordingStore.presented(handle, certificate));
    found.ifPresent(presented -> memory.put(certificate, presented));
    return found;
  }

  /**
   * As it was when somebody last asked {@link #presented}, for whoever records only if it is still
   * so; empty when nobody did.
   */
  public Optional<Presented> remembered(Certificate certificate) {
    return memory.get(certificate);
  }

  public Optional<CertificateRow> find(SerialNumber serial) {
    return database.read(handle -> RecordingStore.find(handle, serial));
  }

  /** What was recorded under this serial, with its chain, whatever became of it since. */
  public Optional<RecordedCertificate> recorded(SerialNumber serial) {
    return find(serial).map(row -> new RecordedCertificate(row, context));
  }

  /** All serials renewed from the same first certificate, oldest first, at most 100. */
  public List<SerialNumber> lineage(CertificateRow row) {
    return database.read(handle -> CertificateSearchStore.lineage(handle, row.lineage()));
  }

  /** Newest first, or by their ends where those are asked for and nothing rarer. */
  public Paged<CertificateRow> search(CertificateFilter filter, Page page) {
    SearchPlan plan = new SearchPlan(database.dialect(), filter, page, clock.instant());
    List<CertificateRow> read =
        database.read(handle -> CertificateSearchStore.search(handle, plan, page.limit() + 1));
    return Paged.of(read, page, plan::cursor);
  }
}
