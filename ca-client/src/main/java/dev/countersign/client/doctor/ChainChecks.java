package dev.countersign.client.doctor;

import dev.countersign.client.HostNames;
import dev.countersign.client.PathCheck;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.client.Printable;
import dev.countersign.client.RevocationLists;
import dev.countersign.client.Revoked;
import dev.countersign.client.doctor.Ailment.Severity;
import dev.countersign.pki.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Of what one side shows, as the other side judges it. */
final class ChainChecks {
  private ChainChecks() {}

  /** Looks at each of the two. */
  private abstract static class Each extends Check {
    Each(String id, Severity severity) {
      super(id, severity);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.showings().isEmpty()
          ? Optional.of("no certificate of either side is known")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence.showings().stream().flatMap(s -> look(s, evidence)).toList();
    }

    abstract Stream<Ailment> look(Showing showing, Evidence evidence);

    /** Its own certificate, and those of CAs if what leads to a root is broken without them. */
    static List<Certificate> counting(Showing showing) {
      return showing.path().isPresent() ? showing.path().get().certificates() : showing.chain();
    }
  }

  static final class Expired extends Each {
    Expired() {
      super("expired", Severity.ERROR);
    }

    @Override
    Stream<Ailment> look(Showing showing, Evidence evidence) {
      return counting(showing).stream()
          .filter(c -> showing.now().isAfter(c.notAfter()))
          .limit(1)
          .map(
              c ->
                  refusal(
                      showing.refuser(),
                      c,
                      showing.refusal()
                          + which(c, showing)
                          + " expired at "
                          + c.notAfter()
                          + ", "
                          + Spans.of(Duration.between(c.notAfter(), showing.now()))
                          + " ago"
                          + ClockChecks.said(evidence)
                          + ".",
                      showing.there("renew")
                          + "; then see that the program has loaded it. If it is fresh there, set"
                          + " the clock."));
    }
  }

  static final class NotYetValid extends Each {
    NotYetValid() {
      super("not-yet-valid", Severity.ERROR);
    }

    @Override
    Stream<Ailment> look(Showing showing, Evidence evidence) {
      return counting(showing).stream()
          .filter(c -> showing.now().isBefore(c.notBefore()))
          .limit(1)
          .map(
              c ->
                  refusal(
                      showing.refuser(),
                      c,
                      showing.refusal()
                          + which(c, showing)
                          + " is not valid before "
                          + c.notBefore()
                          + ", and this machine's clock is "
                          + Spans.of(Duration.between(showing.now(), c.notBefore()))
                          + " before that"
                          + ClockChecks.said(evidence)
                          + ".",
                      "Set the clocks of both machines: timedatectl set-ntp true"));
    }
  }

  private static String which(Certificate c, Showing showing) {
    return c.equals(showing.leaf())
        ? "it"
        : "the CA certificate \"" + Printable.line(c.subject()) + "\" above it";
  }

  /** Each hop is known here; a program knows only what it is shown. */
  static final class IntermediateNotSent extends Each {
    IntermediateNotSent() {
      super("intermediate-not-sent", Severity.ERROR);
    }

    @Override
    Stream<Ailment> look(Showing showing, Evidence evidence) {
      if (!showing.leadsNowhere()) {
        return Stream.empty();
      }
      return showing.path(showing.spare()).stream()
          .map(
              path -> {
                Certificate missing =
                    path.certificates().stream()
                        .filter(c -> !showing.chain().contains(c))
                        .findFirst()
                        .orElse(showing.leaf());
                return refusal(
                    showing.refuser(),
                    missing,
                    showing.refusal()
                        + "the intermediate CA \""
                        + Printable.line(missing.subject())
                        + "\" is not sent along with it, so that it leads to no root.",
                    "Have the "
                        + showing.by().word()
                        + " send its whole chain: give it "
                        + showing
                            .shower()
                            .map(side -> side.files().resolve("fullchain.pem").toString())
                            .orElse("fullchain.pem")
                        + " in place of cert.pem");
              });
    }
  }

  static final class RootNotLoaded extends Each {
    RootNotLoaded() {
      super("root-not-loaded", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return super.blind(evidence)
          .or(
              () ->
                  evidence.client().isEmpty()
                      ? Optional.of("no roots are known: give --dir")
                      : Optional.empty());
    }

    @Override
    Stream<Ailment> look(Showing showing, Evidence evidence) {
      if (showing.leadsNowhere() && showing.path(showing.spare()).isEmpty()) {
        return Stream.of(
            refusal(
                showing.refuser(),
                showing.leaf(),
                showing.refusal()
                    + "its chain ends at the issuer \""
                    + Printable.line(showing.top().issuer())
                    + "\", and the "
                    + showing.refuser().word()
                    + " has no such root"
                    + showing
                        .judge()
                        .map(side -> " in " + side.files().resolve("trust.pem"))
                        .orElse("")
                    + ".",
                showing.atJudge("trust")
                    + "; if it is still missing then, both have their certificates from different"
                    + " authorities: enrol one of them with the other's."));
      }
      return showing.by() == Party.CLIENT ? notLoaded(showing, evidence) : Stream.empty();
    }

    /** It is on the server's disk, and the running server does not name it. */
    private Stream<Ailment> notLoaded(Showing showing, Evidence evidence) {
      Optional<PathCheck.Path> path = showing.path();
      List<javax.security.auth.x500.X500Principal> named =
          evidence.asked().map(Seen.Asked::issuers).orElse(List.of());
      if (path.isPresent() && !named.isEmpty()) {
        List<Certificate> above = new ArrayList<>(path.get().certificates());
        above.add(path.get().root());
        if (above.stream().noneMatch(c -> named.contains(c.x509().getSubjectX500Principal()))) {
          return Stream.of(
              refusal(
                  Party.SERVER,
                  showing.leaf(),
                  "The server does not know the root \""
                      + Printable.line(path.get().root().subject())
                      + "\" of "
                      + showing.it()
                      + ": it is in "
                      + evidence.server().map(Side::files).map(Object::toString).orElse("")
                      + "/trust.pem, but the running server does not name it among the CAs that it"
                      + " takes.",
                  "Have the server load it: restart or reload it"));
        }
      }
      return evidence
          .visit(Evidence.Visit.OWN)
          .filter(seen -> seen.isRefused() && seen.detail().equals("unknown_ca"))
          .filter(seen -> evidence.server().isEmpty())
          .stream()
          .map(
              seen ->
                  refusal(
                      Party.SERVER,
                      showing.leaf(),
                      showing.refusal()
                          + "it does not know the root that it leads to, by its alert unknown_ca.",
                      showing.atJudge("trust") + "; then have the server load it"));
    }
  }

  static final class WrongUsage extends Each {
    WrongUsage() {
      super("wrong-usage", Severity.ERROR);
    }

    @Override
    Stream<Ailment> look(Showing showing, Evidence evidence) {
      try {
        PathCheck.requireUsage(showing.leaf(), showing.by().usage(), showing.by().word());
        return Stream.empty();
      } catch (BrokenPathException e) {
        return Stream.of(
            refusal(
                showing.refuser(),
                showing.leaf(),
                showing.refusal() + e.reason() + " (extended key usage).",
                "Have the authority's operator give it a profile for "
                    + showing.by().word()
                    + "s: countersign identity update NAME --profile peer; then "
                    + showing.there("renew --force")));
      }
    }
  }

  static final class WrongName extends Each {
    WrongName() {
      super("wrong-name", Severity.ERROR);
    }

    @Override
    Stream<Ailment> look(Showing showing, Evidence evidence) {
      if (showing.by() == Party.CLIENT || HostNames.matches(showing.leaf(), evidence.host())) {
        return Stream.empty();
      }
      return Stream.of(
          refusal(
              Party.CLIENT,
              showing.leaf(),
              showing.refusal()
                  + "it is for "
                  + HostNames.shown(showing.leaf())
                  + ", and not for "
                  + evidence.host()
                  + ".",
              "Connect by one of its names, or have the operator add this one (countersign identity"
                  + " update NAME --dns "
                  + evidence.host()
                  + " with all its other names), then "
                  + showing.there("renew --force")));
    }
  }

  static final class EndsBeforeLeaf extends Each {
    EndsBeforeLeaf() {
      super("issuer-ends-first", Severity.WARNING);
    }

    @Override
    Stream<Ailment> look(Showing showing, Evidence evidence) {
      List<Certificate> above = new ArrayList<>(counting(showing));
      above.remove(showing.leaf());
      showing.path().ifPresent(path -> above.add(path.root()));
      return above.stream()
          .filter(c -> c.notAfter().isBefore(showing.leaf().notAfter()))
          .filter(c -> showing.now().isBefore(c.notAfter()))
          .min(java.util.Comparator.comparing(Certificate::notAfter))
          .stream()
          .map(
              c ->
                  about(
                      c,
                      "In effect "
                          + showing.it()
                          + " ends at "
                          + c.notAfter()
                          + ", and not at "
                          + showing.leaf().notAfter()
                          + " as it says: \""
                          + Printable.line(c.subject())
                          + "\" above it ends first.",
                      "Have the authority's operator bring its next CA into force, then "
                          + showing.there("renew --force")));
    }
  }

  static final class OnAList extends Each {
    OnAList() {
      super("revoked", Severity.ERROR);
    }

    @Override
    Stream<Ailment> look(Showing showing, Evidence evidence) {
      RevocationLists known =
          evidence.sides().values().stream()
              .flatMap(side -> side.lists().stream())
              .reduce(RevocationLists.NONE, RevocationLists::with);
      Optional<Revoked> revoked = known.revoked(showing.chain());
      return revoked.stream()
          .map(
              r ->
                  refusal(
                      showing.refuser(),
                      showing.leaf(),
                      showing.refusal() + r.reasonNotToTrust() + ".",
                      r.isOnHold()
                          ? "Ask the authority's operator to lift the hold (countersign certificate"
                              + " unhold "
                              + showing.leaf().serial()
                              + ")"
                          : "Ask the authority's operator why; with a new enrolment string: "
                              + showing.there("enroll --replace")));
    }
  }
}
