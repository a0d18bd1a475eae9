package dev.countersign.server.revocation;

import dev.countersign.db.Database;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityStore;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.ledger.Act;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import dev.countersign.server.revocation.RevocationStore.Target;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revokes, holds and releases. Every act locks the guard, then the identity, then what it changes;
 * recording a certificate locks the identity too, so nothing slips through between the two.
 */
public final class Revocations {

  private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);

  private static final String INVALIDITY_DATE = "/invalidityDate";

  private record Done<T>(T answer, boolean changed, Set<String> issuers) {}

  private final Database database;
  private final Ledger ledger;
  private final InstantSource clock;
  private final List<RevocationListener> listeners;

  public Revocations(
      Database database, Ledger ledger, InstantSource clock, List<RevocationListener> listeners) {
    this.database = database;
    this.ledger = ledger;
    this.clock = clock;
    this.listeners = List.copyOf(listeners);
  }

  /**
   * Revokes for good, or holds when that is the reason. {@code keyCompromise} also revokes what has
   * the same key, and what was renewed from any of them, directly or not.
   *
   * @param invalidityDate since when the key is known or suspected to be compromised, within the
   *     certificate's life until now
   */
  public Act<Revocation> revoke(
      SerialNumber serial,
      RevocationReason reason,
      Optional<Instant> invalidityDate,
      Mandate mandate) {
    if (reason == RevocationReason.CERTIFICATE_HOLD) {
      return hold(serial, mandate);
    }
    mustBeForCertificates(reason);
    return tell(
        database.writeAndWait(
            handle -> {
              Denying denying = denying(handle, mandate);
              List<Target> targets = locked(handle, serial, reason, mandate);
              mustBeSince(targets.get(0).notBefore(), invalidityDate, "the certificate began");
              Map<String, String> why = Map.of();
              for (Target target : targets) {
                denying.revoke(target, reason, invalidityDate, why);
                why = Map.of("because", serial.toString()); // all after the first
              }
              List<SerialNumber> all = targets.stream().map(Target::serial).toList();
              return done(answer(handle, serial, all, denying), denying);
            }));
  }

  public Act<Revocation> hold(SerialNumber serial, Mandate mandate) {
    return tell(
        database.writeAndWait(
            handle -> {
              Denying denying = denying(handle, mandate);
              Target target = locked(handle, serial, mandate);
              if (target.status() == CertificateStatus.REVOKED) {
                throw new Refusal(
                    Kind.CONFLICT, "The certificate is revoked for good and cannot be held.");
              }
              if (target.status() == CertificateStatus.ACTIVE) {
                denying.hold(target);
              }
              return done(answer(handle, serial, List.of(serial), denying), denying);
            }));
  }

  /** Lifts a hold; a certificate that is active stays so. */
  public Act<SerialNumber> release(SerialNumber serial, Mandate mandate) {
    return tell(
        database.writeAndWait(
            handle -> {
              Denying denying = denying(handle, mandate);
              Target target = locked(handle, serial, mandate);
              if (target.status() == CertificateStatus.REVOKED) {
                throw new Refusal(
                    Kind.CONFLICT,
                    "The certificate is revoked for good and cannot be released: issue a new one.");
              }
              if (target.status() == CertificateStatus.HELD) {
                denying.release(target);
              }
              return done(serial, denying);
            }));
  }

  /**
   * The identity, all its live and held certificates and its open enrolments, at once. {@code
   * keyCompromise} also becomes the reason of those that were revoked before and have not ended,
   * and denies every key that the identity ever had.
   */
  public Act<IdentityRevocation> revokeIdentity(
      String name, RevocationReason reason, Optional<Instant> invalidityDate, Mandate mandate) {
    Identities.mustNotBeReserved(name);
    mustBeForCertificates(reason);
    if (reason == RevocationReason.CERTIFICATE_HOLD) {
      throw Refusal.at(
          Kind.MALFORMED, "/reason", "An identity cannot be held: hold its certificates.");
    }
    return tell(
        database.writeAndWait(
            handle -> {
              Instant now = now();
              Actor actor = mandate.actor();
              Denying denying = new Denying(handle, ledger, actor, now);
              Identity identity =
                  IdentityStore.findLocked(handle, name)
                      .orElseThrow(() -> Identities.unknown(name));
              mandate.check(handle, database.dialect(), identity.role());
              mustBeSince(identity.createdAt(), invalidityDate, "the identity was added");
              boolean raises =
                  reason == RevocationReason.KEY_COMPROMISE
                      && !identity.revocationReason().equals(Optional.of(reason));
              if (identity.isActive()) {
                mustNotBeLastAdmin(handle, name);
                IdentityStore.revoke(handle, name, reason, now);
                cancelEnrollments(handle, name, actor, now);
              } else if (raises) {
                IdentityStore.raiseReason(handle, name, reason);
              }
              if (identity.isActive() || raises) {
                denyAll(handle, denying, name, reason, invalidityDate);
                ledger.append(handle, event(now, actor, name, reason));
              }
              // An identity may hold no certificate, and be revoked all the same
              return new Done<>(
                  answer(handle, name, denying), identity.isActive() || raises, denying.finish());
            }));
  }

  private static void mustNotBeLastAdmin(Handle handle, String name) {
    if (IdentityStore.isLastAdmin(handle, name)) {
      throw Identities.lastAdmin(name);
    }
  }

  private void cancelEnrollments(Handle handle, String name, Actor actor, Instant now) {
    for (String id : IdentityStore.cancelEnrollments(handle, name, now)) {
      ledger.append(
          handle,
          LedgerEvent.of(now, actor, "enrollment.cancelled")
              .about(name)
              .with(Map.of("enrollment", id, "because", name)));
    }
  }

  /** Nobody knows which key was stolen: none that it ever had is certified again. */
  private static void denyAll(
      Handle handle,
      Denying denying,
      String name,
      RevocationReason reason,
      Optional<Instant> invalidityDate) {
    for (Target target : RevocationStore.notEnded(handle, name, denying.now())) {
      denying.revoke(target, reason, invalidityDate, Map.of("because", name));
    }
    if (reason == RevocationReason.KEY_COMPROMISE) {
      RevocationStore.denyKeys(handle, name);
    }
  }

  private static LedgerEvent event(Instant now, Actor actor, String name, RevocationReason reason) {
    return LedgerEvent.of(now, actor, "identity.revoked")
        .about(name)
        .with(Map.of("reason", reason.label()));
  }

  private Denying denying(Handle handle, Mandate mandate) {
    return new Denying(handle, ledger, mandate.actor(), now());
  }

  private Target locked(Handle handle, SerialNumber serial, Mandate mandate) {
    return locked(handle, serial, RevocationReason.UNSPECIFIED, mandate).get(0);
  }

  /** The certificate, then what falls with it, read after the identity they are of is locked. */
  private List<Target> locked(
      Handle handle, SerialNumber serial, RevocationReason reason, Mandate mandate) {
    Optional<Identity> identity = IdentityStore.findLocked(handle, find(handle, serial).identity());
    mandate.check(handle, database.dialect(), identity.flatMap(Identity::role));
    Map<SerialNumber, Target> fallen = new LinkedHashMap<>();
    fallen.put(serial, find(handle, serial));
    if (reason == RevocationReason.KEY_COMPROMISE) {
      for (Target same : RevocationStore.withSameKey(handle, serial)) {
        fallen.putIfAbsent(same.serial(), same);
      }
      Set<SerialNumber> lineages = new TreeSet<>();
      fallen.values().forEach(target -> lineages.add(target.lineage()));
      for (SerialNumber lineage : lineages) {
        for (Target later : RevocationStore.lineage(handle, lineage)) { // oldest first
          if (later.previous().filter(fallen::containsKey).isPresent()) {
            fallen.putIfAbsent(later.serial(), later);
          }
        }
      }
    }
    return new ArrayList<>(fallen.values());
  }

  private static Target find(Handle handle, SerialNumber serial) {
    return RevocationStore.find(handle, serial)
        .orElseThrow(
            () -> new Refusal(Kind.NOT_FOUND, "There is no certificate with this serial."));
  }

  private static Revocation answer(
      Handle handle, SerialNumber serial, List<SerialNumber> all, Denying denying) {
    Denial denial = find(handle, serial).denial().orElseThrow();
    return new Revocation(serial, denial.reason(), denial.revokedAt(), all, denying.number());
  }

  private static IdentityRevocation answer(Handle handle, String name, Denying denying) {
    Identity identity = IdentityStore.find(handle, name).orElseThrow();
    Instant at = identity.revokedAt().orElseThrow();
    return new IdentityRevocation(
        name,
        identity.revocationReason().orElse(RevocationReason.UNSPECIFIED),
        at,
        RevocationStore.revokedAt(handle, name, at),
        RevocationStore.enrollmentsCancelledAt(handle, name, at),
        denying.number());
  }

  private static void mustBeForCertificates(RevocationReason reason) {
    // RFC 5280 5.3.1: removeFromCRL is of delta CRLs, cACompromise of CA certificates.
    if (reason == RevocationReason.REMOVE_FROM_CRL || reason == RevocationReason.CA_COMPROMISE) {
      throw Refusal.at(
          Kind.MALFORMED, "/reason", reason.label() + " is no reason to revoke this certificate.");
    }
  }

  /** To the second, as a certificate and a CRL have it. */
  private void mustBeSince(Instant first, Optional<Instant> invalidityDate, String what) {
    if (invalidityDate.isEmpty()) {
      return;
    }
    Instant date = invalidityDate.get();
    Instant now = now();
    if (date.isAfter(now)) {
      throw Refusal.at(
          Kind.MALFORMED,
          INVALIDITY_DATE,
          "The invalidity date lies in the future: give one up to now, " + now + ", or none.");
    }
    Instant from = first.truncatedTo(ChronoUnit.SECONDS);
    if (date.isBefore(from)) {
      throw Refusal.at(
          Kind.MALFORMED,
          INVALIDITY_DATE,
          "The invalidity date lies before " + what + ": give one from " + from + " on, or none.");
    }
  }

  private static <T> Done<T> done(T answer, Denying denying) {
    Set<String> issuers = denying.finish();
    return new Done<>(answer, !issuers.isEmpty(), issuers);
  }

  private <T> Act<T> tell(Done<T> done) {
    if (!done.issuers().isEmpty()) {
      for (RevocationListener listener : listeners) {
        try {
          listener.revoked(done.issuers());
        } catch (RuntimeException e) {
          // The revocation holds; the CRL schedule catches up.
          LOG.error("A listener failed after a revocation of {}", done.issuers(), e);
        }
      }
    }
    return new Act<>(done.answer(), done.changed());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
