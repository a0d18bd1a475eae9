package dev.countersign.server.verification;

import dev.countersign.pki.Certificate;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What cleaning has removed, and so is not missing.
 *
 * @param oldestEvent when the oldest event happened that is left
 * @param listed by issuer: certificates that expired before have left all its lists
 */
record Removed(
    long denials,
    long certificates,
    long events,
    Optional<Instant> oldestEvent,
    Map<String, Instant> listed) {

  /** Whether the denial of a certificate may be gone. */
  boolean mayLackDenial(String issuer, Instant notAfter) {
    Instant left = listed.get(issuer);
    return denials > 0 && left != null && notAfter.isBefore(left);
  }

  /** The same of a CA, whose root's name its row does not have. */
  boolean mayLackDenial(Certificate ca) {
    return listed.keySet().stream().anyMatch(root -> mayLackDenial(root, ca.notAfter()));
  }

  /** Whether what happened then may be in the ledger no more. */
  boolean mayLackEvent(Instant at) {
    return events > 0 && oldestEvent.filter(oldest -> !at.isAfter(oldest)).isPresent();
  }
}
