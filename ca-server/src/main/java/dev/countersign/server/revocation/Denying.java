package dev.countersign.server.revocation;

import dev.countersign.pki.RevocationReason;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import dev.countersign.server.revocation.RevocationStore.Target;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/** One transaction's denials. Making it takes the guard; to be ended by {@link #finish}. */
final class Denying {

  private final Handle handle;
  private final Ledger ledger;
  private final Actor actor;
  private final Instant now;
  private final DenialNumbers numbers;
  private final Set<String> issuers = new TreeSet<>();

  Denying(Handle handle, Ledger ledger, Actor actor, Instant now) {
    this.handle = handle;
    this.ledger = ledger;
    this.actor = actor;
    this.now = now;
    this.numbers = new DenialNumbers(handle, now);
  }

  /** Revokes, unless that is done already; a reason can only be raised to keyCompromise. */
  void revoke(
      Target target,
      RevocationReason reason,
      Optional<Instant> invalidityDate,
      Map<String, String> why) {
    if (target.status() != CertificateStatus.REVOKED) {
      deny(target, CertificateStatus.REVOKED, new Denial(now, reason, invalidityDate));
      append("certificate.revoked", target, reason, why);
    } else if (reason == RevocationReason.KEY_COMPROMISE && !target.hasReason(reason)) {
      // The first time stays: since then it was not to be trusted.
      Instant since = target.denial().map(Denial::revokedAt).orElse(now);
      deny(target, CertificateStatus.REVOKED, new Denial(since, reason, invalidityDate));
      append("certificate.revoked", target, reason, why);
    }
  }

  /** When all of this happens. */
  Instant now() {
    return now;
  }

  void hold(Target target) {
    RevocationReason reason = RevocationReason.CERTIFICATE_HOLD;
    deny(target, CertificateStatus.HELD, new Denial(now, reason, Optional.empty()));
    append("certificate.held", target, reason, Map.of());
  }

  void release(Target target) {
    RevocationStore.release(handle, target.serial(), numbers.next());
    issuers.add(target.issuer());
    ledger.append(
        handle,
        LedgerEvent.of(now, actor, "certificate.released")
            .about(target.identity())
            .withSerial(target.serial().toString()));
  }

  private void deny(Target target, CertificateStatus status, Denial denial) {
    RevocationStore.deny(handle, target, status, denial, numbers.next());
    if (denial.reason() == RevocationReason.KEY_COMPROMISE) {
      RevocationStore.denyKey(handle, target.serial());
    }
    issuers.add(target.issuer());
  }

  private void append(
      String action, Target target, RevocationReason reason, Map<String, String> why) {
    Map<String, String> details = new LinkedHashMap<>(why);
    details.put("reason", reason.label());
    ledger.append(
        handle,
        LedgerEvent.of(now, actor, action)
            .about(target.identity())
            .withSerial(target.serial().toString())
            .with(details));
  }

  /** The number of the newest denial, this transaction's included. */
  long number() {
    return numbers.last();
  }

  /** The issuers whose CRLs must be made anew. */
  Set<String> finish() {
    numbers.finish();
    return issuers;
  }
}
