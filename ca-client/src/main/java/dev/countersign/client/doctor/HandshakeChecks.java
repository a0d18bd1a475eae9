package dev.countersign.client.doctor;

import dev.countersign.client.Few;
import dev.countersign.client.Printable;
import dev.countersign.client.doctor.Ailment.Severity;
import dev.countersign.client.doctor.Evidence.Visit;
import dev.countersign.client.doctor.Seen.Ending;
import dev.countersign.pki.Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/** Of how the server behaves in handshakes. */
final class HandshakeChecks {
  private HandshakeChecks() {}

  private static Optional<String> noHandshake(Evidence evidence) {
    return evidence.couldAsk() ? Optional.empty() : Optional.of("no handshake came far enough");
  }

  private static String there(Evidence evidence) {
    return evidence.address();
  }

  static final class Unreachable extends Check {
    Unreachable() {
      super("unreachable", Severity.ERROR);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence.visit(Visit.BARE).stream()
          .filter(seen -> seen.ending() == Ending.UNREACHABLE)
          .map(
              seen ->
                  ailment(
                      there(evidence) + " cannot be reached (" + seen.detail() + ").",
                      "Check the address, that a server runs there, and that no firewall is in"
                          + " between"))
          .toList();
    }
  }

  static final class NoTls extends Check {
    NoTls() {
      super("no-tls", Severity.ERROR);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence.visit(Visit.BARE).stream()
          .filter(seen -> seen.ending() == Ending.NOT_TLS || seen.ending() == Ending.TOO_SLOW)
          .filter(seen -> seen.chain().isEmpty())
          .map(
              seen ->
                  ailment(
                      there(evidence)
                          + (seen.ending() == Ending.NOT_TLS
                              ? " answers, but does not speak TLS."
                              : " takes the connection, and does not answer in TLS in time."),
                      "Check the port; a server that speaks plain text first (STARTTLS) is not"
                          + " supported"))
          .toList();
    }
  }

  static final class NothingShared extends Check {
    // RFC 8446 6.2: what a server answers that finds nothing it can do with the ClientHello
    private static final Set<String> ALERTS =
        Set.of("protocol_version", "handshake_failure", "insufficient_security");

    NothingShared() {
      super("nothing-shared", Severity.ERROR);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      Optional<Seen> bare =
          evidence
              .visit(Visit.BARE)
              .filter(seen -> seen.chain().isEmpty() && !seen.completed())
              .filter(
                  seen ->
                      seen.ending() == Ending.ALERT && ALERTS.contains(seen.detail())
                          || seen.ending() == Ending.OUR_FAILURE
                          || seen.ending() == Ending.HUNG_UP);
      return bare.stream()
          .map(
              seen ->
                  ailment(
                      "The two sides share no TLS version or no algorithm. Offered were TLS 1.3 ("
                          + answer(evidence, Visit.TLS_13)
                          + ") and TLS 1.2 ("
                          + answer(evidence, Visit.TLS_12)
                          + ").",
                      "Have the server allow TLS 1.3 or 1.2 with the cipher suites, groups and"
                          + " signature algorithms that Java has; java -XshowSettings:security shows"
                          + " those"))
          .toList();
    }

    private static String answer(Evidence evidence, Visit visit) {
      return evidence
          .visit(visit)
          .map(
              seen ->
                  switch (seen.ending()) {
                    case ALERT -> "answered by the alert " + seen.detail();
                    case HUNG_UP -> "hung up on";
                    case OUR_FAILURE -> seen.detail();
                    default -> "not answered";
                  })
          .orElse("not tried");
    }
  }

  static final class Malformed extends Check {
    Malformed() {
      super("malformed-certificate", Severity.ERROR);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence.visit(Visit.BARE).flatMap(Seen::malformed).stream()
          .map(
              why ->
                  ailment(
                      "A certificate that the server sends is malformed: " + why + ".",
                      "countersign inspect " + there(evidence)))
          .toList();
    }
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

  static final class ServerKeyMismatch extends Check {
    ServerKeyMismatch() {
      super("server-key-mismatch", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.presented().isEmpty()
          ? Optional.of("the server presented no certificate")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence.visit(Visit.BARE).stream()
          .filter(seen -> !seen.chain().isEmpty() && seen.ending() == Ending.OUR_FAILURE)
          .filter(seen -> seen.detail().toLowerCase(java.util.Locale.ROOT).contains("signature"))
          .map(
              seen ->
                  refusal(
                      Party.CLIENT,
                      seen.chain().get(0),
                      "The client refuses the server: it signs with a key that is not that of its"
                          + " certificate \""
                          + Printable.line(seen.chain().get(0).subject())
                          + "\".",
                      "Give it the key and the certificate of one generation: current/key.pem and"
                          + " current/fullchain.pem"))
          .toList();
    }
  }

  static final class Intercepted extends Check {
    Intercepted() {
      super("intercepted", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.presented().isEmpty()
          ? Optional.of("the server presented no certificate")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      List<Certificate> presented = evidence.presented();
      if (presented.isEmpty()) {
        return List.of();
      }
      Certificate leaf = presented.get(0);
      boolean minted =
          evidence
              .visit(Visit.NO_SUCH_NAME)
              .filter(seen -> !seen.chain().isEmpty())
              .filter(seen -> seen.chain().get(0).names().dns().contains(Doctor.NO_SUCH_NAME))
              .isPresent();
      boolean another =
          evidence
              .server()
              .filter(side -> !side.chain().isEmpty() && !side.roots().isEmpty())
              .filter(side -> !side.chain().get(0).pin().equals(leaf.pin()))
              .filter(side -> side.all().stream().noneMatch(c -> c.subject().equals(leaf.issuer())))
              .isPresent();
      if (!minted && !another) {
        return List.of();
      }
      return List.of(
          about(
              leaf,
              "Something in between terminates TLS: what is presented is \""
                  + Printable.line(leaf.subject())
                  + "\" of \""
                  + Printable.line(leaf.issuer())
                  + "\", "
                  + (minted
                      ? "and a certificate for a name that nobody has is made on demand"
                      : "and neither that key nor that issuer is the server's own")
                  + ". No client certificate passes through it.",
              "Have the proxy or load balancer pass TLS of "
                  + there(evidence)
                  + " through, or connect past it"));
    }
  }

  static final class NotReloaded extends Check {
    NotReloaded() {
      super("not-reloaded", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.server().flatMap(Side::certificate).isEmpty()
          ? Optional.of("what is on the server's disk is not known: give --as-server")
          : evidence.presented().isEmpty()
              ? Optional.of("the server presented no certificate")
              : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      Certificate served = evidence.presented().get(0);
      Side side = evidence.server().orElseThrow();
      Certificate onDisk = side.certificate().orElseThrow();
      boolean same =
          served.equals(onDisk)
              || side.all().stream().noneMatch(c -> c.subject().equals(served.issuer()));
      boolean stored =
          side.keyStore().stream()
              .flatMap(store -> store.entries().stream())
              .anyMatch(e -> !e.chain().isEmpty() && e.chain().get(0).equals(served));
      return same || stored
          ? List.of()
          : List.of(
              about(
                  served,
                  "The server shows the certificate with serial "
                      + served.serial()
                      + " (until "
                      + served.notAfter()
                      + "), and on its disk in "
                      + side.files()
                      + " is that with serial "
                      + onDisk.serial()
                      + " (until "
                      + onDisk.notAfter()
                      + "): it has not loaded what was renewed.",
                  "Reload or restart the server, and have renewals do that from now on; MutualTls"
                      + " does it by itself"));
    }
  }
}
