package dev.countersign.client.doctor;

import dev.countersign.client.Printable;
import dev.countersign.client.RevocationLists;
import dev.countersign.client.doctor.Ailment.Severity;
import dev.countersign.client.doctor.Evidence.AwaitedDenial;
import dev.countersign.client.doctor.Evidence.Fetched;
import dev.countersign.client.doctor.Evidence.Visit;
import dev.countersign.pki.Certificate;
import java.util.List;
import java.util.Optional;

/** Of who is let in and must not be: by the word of canaries. */
final class DenialChecks {
  private DenialChecks() {}

  /** Whether it is known here that it is revoked: by a list in a folder, or from the network. */
  static boolean isRevoked(Side canary, Evidence evidence) {
    return isRevoked(
        canary,
        evidence.lists().values(),
        evidence.sides().values().stream().flatMap(s -> s.lists().stream()).toList());
  }

  static boolean isRevoked(
      Side canary, Iterable<Fetched> fetched, Iterable<RevocationLists> known) {
    Certificate own = canary.certificate().orElseThrow();
    for (Fetched each : fetched) {
      if (each.list()
          .filter(l -> l.getIssuerX500Principal().equals(own.x509().getIssuerX500Principal()))
          .filter(l -> l.getRevokedCertificate(own.serial().toBigInteger()) != null)
          .isPresent()) {
        return true;
      }
    }
    for (RevocationLists lists : known) {
      if (lists.revoked(canary.chain()).isPresent()) {
        return true;
      }
    }
    return canary.lists().filter(l -> l.revoked(canary.chain()).isPresent()).isPresent();
  }

  private static String shown(Side side) {
    Certificate own = side.certificate().orElseThrow();
    return "\"" + Printable.line(own.subject()) + "\" (serial " + own.serial() + ")";
  }

  /** Why a canary that was refused, or not shown, would say nothing. */
  private static Optional<String> useless(
      Optional<Side> canary, String option, Evidence evidence, Visit visit) {
    if (canary.isEmpty()) {
      return Optional.of("there is no canary: give " + option);
    }
    Optional<Certificate> own = canary.get().certificate();
    if (own.isEmpty() || canary.get().identity().isEmpty()) {
      return Optional.of("in " + canary.get().folder() + " is no certificate with its key");
    }
    if (evidence.now().isAfter(own.get().notAfter())) {
      return Optional.of(
          "the certificate in "
              + canary.get().folder()
              + " is expired, so that it would be refused for that: make a new one");
    }
    return evidence.visit(visit).filter(Seen::showed).isEmpty()
        ? Optional.of("the server did not take a client certificate")
        : Optional.empty();
  }

  static final class DeniedButAccepted extends Check {
    DeniedButAccepted() {
      super("denied-but-accepted", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return useless(evidence.denied(), "--denied", evidence, Visit.DENIED)
          .or(
              () ->
                  isRevoked(evidence.denied().orElseThrow(), evidence)
                      ? Optional.empty()
                      : Optional.of(
                          "no revocation list that is known here has the certificate in "
                              + evidence.denied().orElseThrow().folder()
                              + ": revoke it, then countersign trust --dir "
                              + evidence.denied().orElseThrow().folder()));
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence
          .visit(Visit.DENIED)
          .filter(Seen::isAccepted)
          .map(
              seen ->
                  about(
                      evidence.denied().orElseThrow().certificate().orElseThrow(),
                      "The server lets in "
                          + shown(evidence.denied().orElseThrow())
                          + ", which is revoked.",
                      "Have it check revocation: MutualTls does; else give it crl.pem"
                          + " (ssl_crl in nginx, crl-file in HAProxy) and bring that up to date:"
                          + " countersign trust, and reload"))
          .stream()
          .toList();
    }
  }

  static final class ResumedAlthoughDenied extends Check {
    ResumedAlthoughDenied() {
      super("resumed-although-denied", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      Optional<AwaitedDenial> awaited = evidence.resumed();
      if (awaited.isEmpty()) {
        return Optional.of("no denial was waited for: give --denied and --await-denial");
      }
      if (awaited.get().before().filter(Seen::isAccepted).isEmpty()) {
        return Optional.of("the canary was refused from the beginning, so that it has no session");
      }
      return awaited.get().known()
          ? Optional.empty()
          : Optional.of("the canary was not revoked while it was waited for");
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence
          .resumed()
          .flatMap(AwaitedDenial::after)
          .filter(seen -> seen.resumed() && seen.isAccepted())
          .map(
              seen ->
                  about(
                      evidence.denied().orElseThrow().certificate().orElseThrow(),
                      "The server lets in "
                          + shown(evidence.denied().orElseThrow())
                          + ", which is revoked, with a session from before: it checks nothing when"
                          + " a session is resumed.",
                      "Have it check each handshake (MutualTls does), or switch sessions and tickets"
                          + " off: ssl_session_tickets off and ssl_session_cache off in nginx,"
                          + " -Djdk.tls.server.enableSessionTicketExtension=false in Java, and a"
                          + " new SSLContext at each denial"))
          .stream()
          .toList();
    }
  }

  static final class NotAllowedButAccepted extends Check {
    NotAllowedButAccepted() {
      super("not-allowed-but-accepted", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return useless(evidence.stranger(), "--stranger", evidence, Visit.STRANGER);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence
          .visit(Visit.STRANGER)
          .filter(Seen::isAccepted)
          .map(
              seen ->
                  about(
                      evidence.stranger().orElseThrow().certificate().orElseThrow(),
                      "The server lets in "
                          + shown(evidence.stranger().orElseThrow())
                          + ", which is not on its list: to be signed by the authority is enough for"
                          + " it, as far as the handshake shows.",
                      "Have it look at who it is: MutualTls.accept; in others, the SPIFFE ID or DNS"
                          + " name of the certificate at each request"))
          .stream()
          .toList();
    }
  }
}
