package dev.countersign.server.verification;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.MalformedCertificateException;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.verification.StoredCertificate.Event;
import dev.countersign.server.verification.StoredCertificate.Name;
import dev.countersign.server.verification.VerificationStore.AuthorityRow;
import dev.countersign.server.verification.VerificationStore.EventRow;
import dev.countersign.server.verification.VerificationStore.Known;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/** Walks all rows that decide something, page by page, in the transaction of its caller. */
public final class Verification {

  /** Hears how far it is. */
  @FunctionalInterface
  public interface Progress {
    void at(String table, long row, long of);
  }

  private final Handle handle;
  private final Progress progress;
  private final Findings findings = new Findings();
  private final Map<String, Certificate> authorities = new HashMap<>();
  private final Set<String> revoked = new HashSet<>();
  private final Removed removed;
  private long forgotten; // certificates that only events know

  private Verification(Handle handle, Progress progress) {
    this.handle = handle;
    this.progress = progress;
    this.removed = VerificationStore.removed(handle);
    this.forgotten = removed.certificates();
  }

  public static Findings.Report of(Handle handle, Progress progress) {
    Verification verification = new Verification(handle, progress);
    verification.authorities();
    verification.bundles();
    verification.certificates();
    new DenialWalk(
            handle,
            progress,
            verification.findings,
            verification.authorities,
            verification.removed.denials())
        .run(verification.revoked);
    verification.events();
    return verification.findings.report();
  }

  private void authorities() {
    List<AuthorityRow> rows = VerificationStore.authorities(handle);
    for (AuthorityRow row : rows) {
      try {
        authorities.put(row.name(), Certificate.parse(row.der()));
      } catch (MalformedCertificateException e) {
        findings.add("authority", row.name(), "what is stored of it is not a certificate");
      }
      if (row.state().equals("revoked") != row.revocationKnown()) {
        findings.add(
            "authority", row.name(), "it is " + row.state() + ", and its revocation does not fit");
      }
      Certificate ca = authorities.get(row.name());
      if (row.state().equals("revoked") && ca != null && !removed.mayLackDenial(ca)) {
        revoked.add(ca.serial().toString());
      }
    }
    authorities.forEach(this::mustBeSigned);
    findings.read("authority", rows.size());
  }

  private void mustBeSigned(String name, Certificate certificate) {
    boolean signed =
        authorities.values().stream()
            .anyMatch(issuer -> CertificateCheck.isSignedBy(certificate, issuer));
    if (!signed) {
      findings.add("authority", name, "it was not signed by an authority of this database");
    }
  }

  private void bundles() {
    Map<Long, String> bundles = VerificationStore.bundles(handle);
    bundles.forEach(
        (number, roots) -> {
          try {
            if (!authorities.values().containsAll(Certificate.parsePem(roots))) {
              findings.add("trust_bundle", number.toString(), "it has a root that is no authority");
            }
          } catch (MalformedCertificateException e) {
            findings.add("trust_bundle", number.toString(), String.valueOf(e.getMessage()));
          }
        });
    findings.read("trust_bundle", bundles.size());
  }

  private void certificates() {
    CertificateCheck check = new CertificateCheck(authorities, removed);
    long all = VerificationStore.certificates(handle);
    long read = 0;
    long names = 0;
    List<StoredCertificate> page = VerificationStore.certificates(handle, Long.MIN_VALUE);
    while (!page.isEmpty()) {
      names += check(page, check);
      read += page.size();
      progress.at("certificate", read, all);
      page = VerificationStore.certificates(handle, page.get(page.size() - 1).columns().number());
    }
    findings.read("certificate", read);
    long recorded = VerificationStore.names(handle);
    findings.read("certificate_name", recorded);
    if (recorded > names) {
      findings.add("certificate_name", "all", recorded - names + " names are in no certificate");
    }
  }

  /** How many of their names are in the table. */
  private long check(List<StoredCertificate> page, CertificateCheck check) {
    Map<String, List<Event>> events =
        VerificationStore.events(handle, page.stream().map(row -> row.columns().serial()).toList())
            .stream()
            .collect(Collectors.groupingBy(Event::serial));
    List<Optional<Certificate>> parsed =
        page.parallelStream().map(CertificateCheck::parsed).toList();
    List<List<String>> complaints =
        IntStream.range(0, page.size())
            .parallel()
            .mapToObj(
                i ->
                    check.complaints(
                        page.get(i),
                        parsed.get(i),
                        events.getOrDefault(page.get(i).columns().serial(), List.of())))
            .toList();
    Set<Name> expected = new HashSet<>();
    for (int i = 0; i < page.size(); i++) {
      StoredCertificate.Columns columns = page.get(i).columns();
      findings.addAll("certificate", columns.serial(), complaints.get(i));
      for (SubjectName name : parsed.get(i).map(it -> it.names().list()).orElse(List.of())) {
        expected.add(new Name(columns.number(), name.kind().label(), name.value()));
      }
    }
    Set<Name> found = VerificationStore.names(handle, List.copyOf(expected));
    for (Name name : expected) {
      if (!found.contains(name)) {
        findings.add(
            "certificate_name",
            name.san(),
            "it is missing among the names of certificate number " + name.certificate());
      }
    }
    return expected.stream().filter(found::contains).count();
  }

  private void events() {
    long all = VerificationStore.events(handle);
    long read = 0;
    List<EventRow> page = VerificationStore.events(handle, Long.MIN_VALUE);
    while (!page.isEmpty()) {
      List<String> serials = new ArrayList<>();
      for (EventRow row : page) {
        if (row.action().startsWith("certificate.") && row.serial() != null) {
          serials.add(row.serial());
        }
      }
      Map<String, Known> known = VerificationStore.known(handle, serials);
      for (EventRow row : page) {
        boolean found = known.containsKey(String.valueOf(row.serial())) || isForgotten(row);
        findings.addAll("event", Long.toString(row.number()), EventCheck.complaints(row, found));
      }
      read += page.size();
      progress.at("event", read, all);
      page = VerificationStore.events(handle, page.get(page.size() - 1).number());
    }
    findings.read("event", read);
  }

  /** Whether it is of a certificate that was removed: of as many as were, each was issued once. */
  private boolean isForgotten(EventRow row) {
    if (removed.certificates() > 0
        && row.serial() != null
        && row.action().equals("certificate.issued")) {
      return --forgotten >= 0;
    }
    return removed.certificates() > 0;
  }
}
