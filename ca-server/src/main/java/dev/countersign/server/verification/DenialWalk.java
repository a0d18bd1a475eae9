package dev.countersign.server.verification;

import static java.util.Objects.requireNonNull;

import dev.countersign.pki.Certificate;
import dev.countersign.server.verification.VerificationStore.DenialRow;
import dev.countersign.server.verification.VerificationStore.Known;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Denials are numbered over all issuers, up to the number that the guard gave out last, without
 * gaps but for those that cleaning has removed: who follows them by number has missed what was in
 * any other.
 */
final class DenialWalk {
  private final Handle handle;
  private final Verification.Progress progress;
  private final Findings findings;
  private final Map<String, Certificate> authorities;
  private long removed; // gaps that are none
  private long last;

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
    Map<String, Deque<DenialRow>> waiting = new TreeMap<>();
    for (String issuer : authorities.keySet()) {
      waiting.put(issuer, new ArrayDeque<>(VerificationStore.denials(handle, issuer, 0)));
    }
    long all = VerificationStore.denials(handle);
    long read = 0;
    List<DenialRow> page = new ArrayList<>();
    for (DenialRow row = next(waiting); row != null; row = next(waiting)) {
      mustFollow(row.number());
      missing.remove(row.serial());
      page.add(row);
      if (page.size() == VerificationStore.PAGE) {
        check(page);
        page.clear();
      }
      progress.at("denial", ++read, all);
    }
    check(page);
    findings.read("denial", all);
    missing.forEach(ca -> findings.add("denial", ca, "it is missing, of a CA that is revoked"));
    if (read < all) {
      findings.add("denial", "all", all - read + " denials are of no authority");
    }
    long given = VerificationStore.lastDenial(handle);
    if (given != last) {
      findings.add(
          "denial", Long.toString(last), "it is the last, but " + given + " was given out");
    }
  }

  /** The one with the lowest number, and the next page of its issuer when it was the last. */
  private @Nullable DenialRow next(Map<String, Deque<DenialRow>> waiting) {
    Deque<DenialRow> lowest = null;
    for (Deque<DenialRow> each : waiting.values()) {
      if (!each.isEmpty()
          && (lowest == null
              || requireNonNull(each.peek()).number() < requireNonNull(lowest.peek()).number())) {
        lowest = each;
      }
    }
    if (lowest == null) {
      return null;
    }
    DenialRow row = lowest.remove();
    if (lowest.isEmpty()) {
      lowest.addAll(VerificationStore.denials(handle, row.issuer(), row.number()));
    }
    return row;
  }

  private void mustFollow(long number) {
    if (number == last) {
      findings.add("denial", Long.toString(number), "two issuers have this number");
    } else if (number - last - 1 > removed) {
      findings.add("denial", Long.toString(number), "it follows " + last);
    } else {
      removed -= number - last - 1;
    }
    last = number;
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
