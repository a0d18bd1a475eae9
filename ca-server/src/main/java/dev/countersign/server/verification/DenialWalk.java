package dev.countersign.server.verification;

import dev.countersign.pki.Certificate;
import dev.countersign.server.verification.VerificationStore.DenialRow;
import dev.countersign.server.verification.VerificationStore.Known;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Denials are numbered over all issuers, up to the number that the guard gave out last. The numbers
 * have gaps; there are as many as were counted, but for those that cleaning has removed: who
 * follows them by number has missed any other.
 */
final class DenialWalk {
  private final Handle handle;
  private final Verification.Progress progress;
  private final Findings findings;
  private final Map<String, Certificate> authorities;
  private final long removed;

  DenialWalk(
      Handle handle,
      Verification.Progress progress,
      Findings findings,
      Map<String, Certificate> authorities,
      long removed) {
    this.handle = handle;
    this.removed = removed;
    this.progress = progress;
    this.findings = findings;
    this.authorities = authorities;
  }

  /**
   * Goes through all of them.
   *
   * @param revoked the serials of the CAs that are revoked, which must be among them
   */
  void run(Set<String> revoked) {
    Set<String> missing = new HashSet<>(revoked);
    long all = VerificationStore.denials(handle);
    long read = 0;
    long last = 0;
    long foreign = 0;
    List<DenialRow> page = VerificationStore.denials(handle, Long.MIN_VALUE);
    while (!page.isEmpty()) {
      List<DenialRow> ours = new ArrayList<>();
      for (DenialRow row : page) {
        last = row.number();
        missing.remove(row.serial());
        if (authorities.containsKey(row.issuer())) {
          ours.add(row);
        }
      }
      check(ours);
      foreign += page.size() - ours.size();
      read += page.size();
      progress.at("denial", read, all);
      page = VerificationStore.denials(handle, page.get(page.size() - 1).number());
    }
    findings.read("denial", all);
    missing.forEach(ca -> findings.add("denial", ca, "it is missing, of a CA that is revoked"));
    if (foreign > 0) {
      findings.add("denial", "all", foreign + " denials are of no authority");
    }
    long missed = VerificationStore.givenDenials(handle) - removed - read;
    if (missed != 0) {
      findings.add(
          "denial",
          "all",
          missed > 0 ? missed + " are missing" : -missed + " more than were ever counted");
    }
    long given = VerificationStore.lastDenial(handle);
    if (given < last) {
      findings.add(
          "denial", Long.toString(last), "it is the last, but only " + given + " was given out");
    }
  }

  private void check(List<DenialRow> page) {
    if (page.isEmpty()) {
      return;
    }
    Set<String> own =
        authorities.values().stream().map(ca -> ca.serial().toString()).collect(Collectors.toSet());
    Map<String, Known> known =
        VerificationStore.known(handle, page.stream().map(DenialRow::serial).toList());
    for (DenialRow row : page) {
      Known certificate = known.get(row.serial());
      String key = Long.toString(row.number());
      if (certificate == null) {
        if (!own.contains(row.serial())) {
          findings.add("denial", key, "there is no certificate " + row.serial());
        }
      } else if (!certificate.issuer().equals(row.issuer())) {
        findings.add("denial", key, row.serial() + " is of " + certificate.issuer());
      } else if (certificate.sequence() == null || certificate.sequence() < row.number()) {
        findings.add("denial", key, row.serial() + " does not know of it");
      }
    }
  }
}
