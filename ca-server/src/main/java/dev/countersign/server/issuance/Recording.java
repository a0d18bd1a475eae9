package dev.countersign.server.issuance;

import dev.countersign.db.Dialect;
import dev.countersign.db.SetWriter;
import dev.countersign.db.Verdict;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.RecordingStore.Ground;
import dev.countersign.server.issuance.RecordingStore.KeyFacts;
import dev.countersign.server.issuance.RecordingStore.Previous;
import dev.countersign.server.issuance.RecordingStore.Standing;
import dev.countersign.server.issuance.RecordingStore.Twin;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * The recording transaction, for all who wait for the same commit: first the rows that must not
 * change are locked and read, then it is decided who is refused, then all others are written.
 */
final class Recording implements SetWriter<Recording.Unit, CertificateRow> {

  private static final Verdict<CertificateRow> UNDECIDED =
      Verdict.refused(new IllegalStateException("not decided"));

  /** One certificate that is to be recorded. */
  record Unit(SignedCertificate signed, Applicant applicant, RetryKey retry) {
    String identity() {
      return applicant.identity().name();
    }

    String issuer() {
      return signed.issuer();
    }

    Certificate certificate() {
      return signed.certificate();
    }
  }

  /** A unit that nothing speaks against, and what its row has beside it. */
  record Entry(int place, Unit unit, Optional<SerialNumber> lineage, Instant issuedAt) {}

  private final Dialect dialect;
  private final Ledger ledger;
  private final InstantSource clock;

  Recording(Dialect dialect, Ledger ledger, InstantSource clock) {
    this.dialect = dialect;
    this.ledger = ledger;
    this.clock = clock;
  }

  @Override
  public List<Verdict<CertificateRow>> run(Handle handle, List<Unit> units) {
    List<Verdict<CertificateRow>> verdicts = new ArrayList<>();
    List<Entry> entries = admitted(handle, units, verdicts);
    List<Optional<Long>> numbers = RecordingStore.insert(handle, entries);
    List<LedgerEvent> events = new ArrayList<>();
    Set<Object> held = new HashSet<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (numbers.get(i).isEmpty()) {
        // What it throws undoes the set, and then this one alone, with the key that it was given
        Twin twin =
            RecordingStore.twin(handle, entry.unit().retry())
                .orElseThrow(Recording::givenOutBefore);
        verdicts.set(entry.place(), Verdict.done(sameRequest(twin)));
        continue;
      }
      // After the insert: a twin whose enrolment is used up by its own certificate is no mistake.
      // It throws like that of a twin.
      entry.unit().applicant().proof().consume(handle, held);
      events.add(issued(entry));
      verdicts.set(entry.place(), Verdict.done(row(numbers.get(i).get(), entry)));
    }
    ledger.append(handle, events);
    return verdicts;
  }

  /**
   * Those that nothing speaks against; the others have their verdicts, all have a place for one.
   */
  private List<Entry> admitted(
      Handle handle, List<Unit> units, List<Verdict<CertificateRow>> verdicts) {
    List<Entry> entries = new ArrayList<>();
    List<Entry> standing = standing(handle, units, verdicts);
    // Last, because from here on something is written: what others did until now is seen
    Map<String, KeyFacts> keys = RecordingStore.claimKeys(handle, dialect, standing);
    for (Entry entry : standing) {
      Unit unit = entry.unit();
      KeyFacts key = keys.get(unit.retry().keyHash());
      if (key == null) {
        throw new IllegalStateException("a key that was added is not there");
      } else if (!key.holder().equals(unit.identity())) {
        verdicts.set(entry.place(), verdictOfTwin(handle, unit, Recording::keyOfAnother));
      } else if (key.denied()) {
        verdicts.set(entry.place(), Verdict.refused(keyDenied()));
      } else {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** Those whose identity and previous certificate are good. */
  private List<Entry> standing(
      Handle handle, List<Unit> units, List<Verdict<CertificateRow>> verdicts) {
    Ground ground =
        RecordingStore.lock(
            handle,
            dialect,
            units.stream().map(Unit::identity).distinct().sorted().toList(),
            units.stream().map(Unit::issuer).distinct().sorted().toList());
    // Not in the query that locks: what others did while it waited is seen by the next only
    Map<SerialNumber, Previous> previous =
        RecordingStore.previous(
            handle, units.stream().flatMap(unit -> unit.applicant().previous().stream()).toList());
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    List<Entry> entries = new ArrayList<>();
    for (int place = 0; place < units.size(); place++) {
      Unit unit = units.get(place);
      try {
        Standing standing = standing(unit, ground.identities());
        mustBeOfActive(unit, ground.active());
        Optional<Previous> renewed = renewed(unit, standing, previous);
        entries.add(new Entry(place, unit, renewed.map(Previous::lineage), now));
        verdicts.add(UNDECIDED);
      } catch (Refusal | IdentityChangedException refusal) {
        verdicts.add(Verdict.refused(refusal));
      }
    }
    return entries;
  }

  private static void mustBeOfActive(Unit unit, Set<String> active) {
    if (!active.contains(unit.issuer())) {
      throw new Refusal(
          Kind.UNAVAILABLE,
          "The issuing CA "
              + unit.issuer()
              + ", under which this server certifies, is revoked; nothing was issued. An operator"
              + " of the CA must give the server the key of the next one, and start it again.");
    }
  }

  private static Standing standing(Unit unit, Map<String, Standing> standings) {
    String name = unit.identity();
    Standing standing = standings.get(name);
    if (standing == null) {
      throw new Refusal(Kind.NOT_FOUND, "There is no identity " + name + ".");
    }
    if (standing.state() == Identity.State.REVOKED) {
      throw new Refusal(
          Kind.IDENTITY_REVOKED,
          "The identity " + name + " is revoked; an operator can restore it.");
    }
    if (standing.version() != unit.applicant().identity().version()) {
      throw new IdentityChangedException(name);
    }
    return standing;
  }

  private static Refusal keyDenied() {
    return new Refusal(
        Kind.BAD_PUBLIC_KEY,
        "This key was reported as compromised and is not certified again: make a new one.");
  }

  private static Refusal keyOfAnother() {
    return new Refusal(
        Kind.BAD_PUBLIC_KEY,
        "This key was certified for another identity: make a new key for each identity.");
  }

  private static Optional<Previous> renewed(
      Unit unit, Standing standing, Map<SerialNumber, Previous> all) {
    if (unit.applicant().previous().isEmpty()) {
      return Optional.empty();
    }
    String name = unit.identity();
    Previous previous = all.get(unit.applicant().previous().get());
    if (previous == null || !previous.identity().equals(name)) {
      throw new Refusal(Kind.NOT_FOUND, "The certificate to renew is not known.");
    }
    if (previous.status() != CertificateStatus.ACTIVE) {
      throw new Refusal(
          Kind.CERTIFICATE_REVOKED,
          previous.status() == CertificateStatus.HELD
              ? "The certificate to renew is on hold; an operator can release it."
              : "The certificate to renew is revoked: enrol with a new string.");
    }
    if (standing.barredUntil().filter(at -> !previous.issuedAt().isAfter(at)).isPresent()) {
      throw new Refusal(
          Kind.CERTIFICATE_REVOKED,
          "The certificate is from before its identity was revoked: enrol with a new string.");
    }
    if (unit.applicant().profile().equals(Profile.OPERATOR)
        && previous.number() <= standing.roleAfter()) {
      throw new Refusal(
          Kind.NOT_ALLOWED,
          "The certificate is from before "
              + name
              + " was given its role: enrol with a new string.");
    }
    return Optional.of(previous);
  }

  /** What was recorded under the same retry key before, or the refusal if there is nothing. */
  private static Verdict<CertificateRow> verdictOfTwin(
      Handle handle, Unit unit, Supplier<Refusal> absent) {
    try {
      return Verdict.done(
          sameRequest(RecordingStore.twin(handle, unit.retry()).orElseThrow(absent)));
    } catch (Refusal refusal) {
      return Verdict.refused(refusal);
    }
  }

  private static RuntimeException givenOutBefore() {
    return new IllegalStateException("this serial number was given out before");
  }

  static CertificateRow sameRequest(Twin twin) {
    if (!twin.sameRequest()) {
      throw new Refusal(
          Kind.IDEMPOTENCY_MISMATCH,
          "This Idempotency-Key was used for another request: choose a new one.");
    }
    return twin.row();
  }

  private static LedgerEvent issued(Entry entry) {
    Applicant applicant = entry.unit().applicant();
    Certificate certificate = entry.unit().certificate();
    Map<String, String> details = new LinkedHashMap<>();
    details.put("profile", applicant.profile());
    details.put("proof", applicant.proof().kind());
    details.put("proofId", applicant.proof().id());
    details.put("notAfter", certificate.notAfter().toString());
    applicant.previous().ifPresent(serial -> details.put("previous", serial.toString()));
    return LedgerEvent.of(entry.issuedAt(), applicant.actor(), "certificate.issued")
        .about(applicant.identity().name())
        .withSerial(certificate.serial().toString())
        .with(details);
  }

  private static CertificateRow row(long number, Entry entry) {
    Applicant applicant = entry.unit().applicant();
    Certificate certificate = entry.unit().certificate();
    return new CertificateRow(
        number,
        certificate,
        applicant.identity().name(),
        applicant.profile(),
        entry.unit().issuer(),
        entry.unit().retry().keyHash(),
        CertificateStatus.ACTIVE,
        Optional.empty(),
        new CertificateRow.Provenance(
            applicant.proof().kind(),
            applicant.proof().id(),
            applicant.actor().name(),
            applicant.actor().remoteAddress(),
            entry.issuedAt()),
        applicant.previous(),
        entry.lineage().orElse(certificate.serial()));
  }
}
