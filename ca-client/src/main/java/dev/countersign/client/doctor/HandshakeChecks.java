package dev.countersign.client.doctor;

import dev.countersign.client.Few;
import dev.countersign.client.Printable;
import dev.countersign.client.doctor.Ailment.Severity;
import dev.countersign.client.doctor.Evidence.Visit;
import dev.countersign.client.doctor.Seen.Ending;
import dev.countersign.pki.Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/** Of what the server asks of clients, and whom it takes. */
final class HandshakeChecks {
  private HandshakeChecks() {}

  private static Optional<String> noHandshake(Evidence evidence) {
    return evidence.couldAsk() ? Optional.empty() : Optional.of("no handshake came far enough");
  }

  static final class NotAsked extends Check {
    NotAsked() {
      super("client-certificate-not-asked", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return noHandshake(evidence);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence.asked().isPresent()
              || evidence.visit(Visit.BARE).filter(Seen::completed).isEmpty()
          ? List.of()
          : List.of(
              ailment(
                  "The server asks for no client certificate: it cannot know who connects.",
                  "Have it ask: SSLParameters.setNeedClientAuth(true) in Java, ssl_verify_client on"
                      + " in nginx, verify required in HAProxy, hostssl with clientcert=verify-full"
                      + " in PostgreSQL"));
    }
  }

  static final class NotRequired extends Check {
    NotRequired() {
      super("client-certificate-optional", Severity.NOTE);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return noHandshake(evidence);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence
          .visit(Visit.BARE)
          .filter(seen -> seen.asked().isPresent() && seen.isAccepted())
          .map(
              seen ->
                  ailment(
                      "The server asks for a client certificate, and goes on without one.",
                      "If nobody is to come in without: need in place of want"))
          .stream()
          .toList();
    }
  }

  static final class VerificationOff extends Check {
    VerificationOff() {
      super("verification-off", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.visit(Visit.CANARY).isEmpty()
          ? Optional.of("the server asks for no client certificate")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence
          .visit(Visit.CANARY)
          .filter(seen -> seen.showed() && seen.isAccepted())
          .map(
              seen ->
                  ailment(
                      "The server takes any client certificate: one that was made and signed on the"
                          + " spot, by nobody, was accepted.",
                      "Have it verify: a trust manager that checks in Java (MutualTls),"
                          + " ssl_verify_client on with ssl_client_certificate in nginx, verify"
                          + " required with ca-file in HAProxy"))
          .stream()
          .toList();
    }
  }

  static final class IssuersForeign extends Check {
    IssuersForeign() {
      super("issuer-list-foreign", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.asked().isEmpty()
          ? Optional.of("the server asks for no client certificate")
          : evidence.client().flatMap(Side::certificate).isEmpty()
              ? Optional.of("there is no credential to compare: give --dir")
              : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      List<X500Principal> named = evidence.asked().map(Seen.Asked::issuers).orElse(List.of());
      List<Certificate> chain = evidence.client().map(Side::chain).orElse(List.of());
      if (named.isEmpty()
          || chain.isEmpty()
          || chain.stream().anyMatch(c -> named.contains(c.x509().getIssuerX500Principal()))) {
        return List.of();
      }
      return List.of(
          refusal(
              Party.CLIENT,
              chain.get(0),
              "The server asks for certificates of "
                  + Few.of(named.stream().map(X500Principal::getName).toList())
                  + ", and this side's is of \""
                  + Printable.line(chain.get(0).issuer())
                  + "\": most programs then send none, without a word.",
              "Have the server trust this authority's roots, and name them: "
                  + evidence
                      .server()
                      .map(side -> "countersign trust --dir " + side.folder())
                      .orElse("countersign trust, where the server runs")
                  + ", then reload it"));
    }
  }

  static final class IssuersEmpty extends Check {
    IssuersEmpty() {
      super("issuer-list-empty", Severity.NOTE);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.asked().isEmpty()
          ? Optional.of("the server asks for no client certificate")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence
          .asked()
          .filter(asked -> asked.issuers().isEmpty())
          .map(
              asked ->
                  ailment(
                      "The server does not say which CAs' certificates it wants: a client with"
                          + " several may send the wrong one, and some then send none.",
                      "Have it name its roots; where it runs on MutualTls that is not needed, as its"
                          + " clients send what they have"))
          .stream()
          .toList();
    }
  }

  /** The client has a key of a kind that was not asked for. */
  static final class KeyKindNotAsked extends Check {
    KeyKindNotAsked() {
      super("key-kind-not-asked", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.visit(Visit.OWN).isEmpty()
          ? Optional.of("no handshake was made with a credential")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence
          .visit(Visit.OWN)
          .filter(seen -> seen.asked().isPresent() && !seen.showed())
          .flatMap(
              seen ->
                  evidence
                      .client()
                      .flatMap(Side::certificate)
                      .map(
                          own ->
                              refusal(
                                  Party.SERVER,
                                  own,
                                  "The server takes keys of the kinds "
                                      + seen.asked().orElseThrow().keyTypes().stream()
                                          .map(Printable::line)
                                          .collect(Collectors.joining(", "))
                                      + ", and that of this side is "
                                      + own.x509().getPublicKey().getAlgorithm()
                                      + ": no certificate is sent.",
                                  "countersign renew --force --key-algorithm P-256 --dir "
                                      + evidence.client().orElseThrow().folder())))
          .stream()
          .toList();
    }
  }

  /** What no other check explains is at least said. */
  static final class Refused extends Check {
    Refused() {
      super("refused", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.visit(Visit.OWN).isEmpty()
          ? Optional.of("no handshake was made with a credential")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence
          .visit(Visit.OWN)
          .filter(seen -> seen.showed() && seen.isRefused())
          .flatMap(
              seen ->
                  evidence
                      .client()
                      .flatMap(Side::certificate)
                      .map(
                          own ->
                              refusal(
                                  Party.SERVER,
                                  own,
                                  "The server refuses the client's certificate \""
                                      + Printable.line(own.subject())
                                      + "\" (serial "
                                      + own.serial()
                                      + "): "
                                      + seen.manner()
                                      + meaning(seen)
                                      + ".",
                                  "What else is said here may be why; else see the server's log"
                                      + " at this time, and whom it lets in (MutualTls.accept)")))
          .stream()
          .toList();
    }

    private static String meaning(Seen seen) {
      return seen.ending() != Ending.ALERT
          ? ""
          : switch (seen.detail()) {
            case "unknown_ca" -> ", by which it does not know its root";
            case "certificate_expired" -> ", by which it is expired";
            case "certificate_revoked" -> ", by which it is revoked";
            case "unsupported_certificate" -> ", by which it is not meant for clients";
            case "access_denied" -> ", by which it is not on the list";
            case "bad_certificate", "certificate_unknown" -> ", which does not say why";
            default -> "";
          };
    }
  }
}
