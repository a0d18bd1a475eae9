package dev.countersign.client.doctor;

import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Printable;
import dev.countersign.client.RevocationLists;
import dev.countersign.client.doctor.Ailment.Severity;
import dev.countersign.pki.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Of revocation lists: on the disks, and where certificates say they are. */
final class ListChecks {
  private ListChecks() {}

  private static Optional<String> noLists(Evidence evidence) {
    return evidence.sides().values().stream().allMatch(side -> side.lists().isEmpty())
        ? Optional.of("there is no crl.pem in a folder that is known")
        : Optional.empty();
  }

  /** nginx, HAProxy and OpenSSL refuse everybody when one is missing. */
  static final class Missing extends Check {
    Missing() {
      super("list-missing", Severity.WARNING);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return noLists(evidence);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      List<Ailment> found = new ArrayList<>();
      for (Side side : evidence.sides().values()) {
        RevocationLists lists = side.lists().orElse(RevocationLists.NONE);
        for (Certificate certificate :
            side.lists().isEmpty() ? List.<Certificate>of() : side.chain()) {
          if (!certificate.isSelfIssued() && lists.asOf(certificate).isEmpty()) {
            found.add(
                about(
                    certificate,
                    side.files().resolve(CredentialFolder.CRL)
                        + " has no revocation list of \""
                        + Printable.line(certificate.issuer())
                        + "\" that can be believed: programs that want one for each CA (nginx,"
                        + " HAProxy, OpenSSL with -crl_check_all) refuse everybody.",
                    "countersign trust --dir " + side.folder()));
          }
        }
      }
      return found;
    }
  }

  static final class Expired extends Check {
    Expired() {
      super("list-expired", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.lists().values().stream().anyMatch(f -> f.list().isPresent())
          ? Optional.empty()
          : noLists(evidence);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      List<Ailment> found = new ArrayList<>();
      for (Side side : evidence.sides().values()) {
        RevocationLists lists = side.lists().orElse(RevocationLists.NONE);
        for (Certificate certificate : side.chain()) {
          lists
              .nextUpdate(certificate)
              .filter(evidence.now()::isAfter)
              .ifPresent(
                  end ->
                      found.add(
                          expired(
                              "in " + side.files().resolve(CredentialFolder.CRL),
                              certificate.issuer(),
                              end,
                              "countersign trust --dir "
                                  + side.folder()
                                  + ", and a timer that does it every hour")));
        }
      }
      evidence
          .lists()
          .forEach(
              (uri, fetched) ->
                  fetched
                      .list()
                      .filter(list -> list.getNextUpdate() != null)
                      .filter(list -> evidence.now().isAfter(list.getNextUpdate().toInstant()))
                      .ifPresent(
                          list ->
                              found.add(
                                  expired(
                                      "at " + uri,
                                      list.getIssuerX500Principal().getName(),
                                      list.getNextUpdate().toInstant(),
                                      "Have the authority's operator see that countersignd runs and"
                                          + " signs lists"))));
      return found;
    }

    private Ailment expired(String where, String issuer, Instant end, String mend) {
      return ailment(
          "The revocation list of \""
              + Printable.line(issuer)
              + "\" "
              + where
              + " ended at "
              + end
              + ": programs that check it refuse everybody.",
          mend);
    }
  }

  static final class Unreachable extends Check {
    Unreachable() {
      super("list-unreachable", Severity.WARNING);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.lists().isEmpty()
          ? Optional.of("no certificate that can be trusted says where its list is")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      List<Ailment> found = new ArrayList<>();
      evidence
          .lists()
          .forEach(
              (uri, fetched) -> {
                if (fetched.list().isEmpty()) {
                  found.add(
                      ailment(
                          "The revocation list at "
                              + uri
                              + " cannot be had from here: "
                              + fetched.trouble()
                              + ".",
                          "Let this machine reach it over plain HTTP, or bring lists here another"
                              + " way (countersign agent, countersign trust)"));
                }
              });
      return found;
    }
  }
}
