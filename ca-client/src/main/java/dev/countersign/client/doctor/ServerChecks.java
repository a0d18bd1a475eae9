package dev.countersign.client.doctor;

import dev.countersign.client.Printable;
import dev.countersign.client.doctor.Ailment.Severity;
import dev.countersign.client.doctor.Evidence.Visit;
import dev.countersign.client.doctor.Seen.Ending;
import dev.countersign.pki.Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Of whether the server is there, and of what it shows. */
final class ServerChecks {
  private ServerChecks() {}

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
                      evidence.address() + " cannot be reached (" + seen.detail() + ").",
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
                      evidence.address()
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
                      "countersign inspect " + evidence.address()))
          .toList();
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
                  + evidence.address()
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
