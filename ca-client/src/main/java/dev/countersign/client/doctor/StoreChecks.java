package dev.countersign.client.doctor;

import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Printable;
import dev.countersign.client.doctor.Ailment.Severity;
import dev.countersign.client.doctor.StoreFile.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Of files on the disks. */
final class StoreChecks {
  private StoreChecks() {}

  private static List<StoreFile> stores(Evidence evidence) {
    return evidence.sides().values().stream()
        .flatMap(side -> Stream.concat(side.keyStore().stream(), side.trustStore().stream()))
        .toList();
  }

  private static Optional<String> noStores(Evidence evidence) {
    return stores(evidence).isEmpty()
        ? Optional.of("no keystore.p12 or truststore.p12 is in a folder that is known")
        : Optional.empty();
  }

  static final class UnknownAlgorithms extends Check {
    UnknownAlgorithms() {
      super("store-algorithms", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return noStores(evidence);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      List<Ailment> found = new ArrayList<>();
      for (StoreFile store : stores(evidence)) {
        Optional<Trouble> trouble =
            store.trouble().filter(t -> t.rightPassword().equals(Optional.of(true)));
        trouble.ifPresent(
            t ->
                found.add(
                    ailment(
                        "The password of "
                            + store.file()
                            + " is right, but this Java ("
                            + Runtime.version().feature()
                            + ") cannot read the algorithms that it is written with"
                            + (t.algorithms().isEmpty()
                                ? ""
                                : " (" + String.join(", ", t.algorithms()) + ")")
                            + ": "
                            + Printable.line(t.said())
                            + ".",
                        "Write it anew: openssl pkcs12 -in "
                            + store.file()
                            + " -nodes | openssl pkcs12 -export -keypbe AES-256-CBC -certpbe"
                            + " AES-256-CBC -macalg sha256 -out NEW.p12")));
      }
      return found;
    }
  }

  static final class WrongPassword extends Check {
    WrongPassword() {
      super("store-password", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return noStores(evidence);
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      List<Ailment> found = new ArrayList<>();
      for (StoreFile store : stores(evidence)) {
        store
            .trouble()
            .filter(t -> !t.rightPassword().equals(Optional.of(true)))
            .ifPresent(
                t ->
                    found.add(
                        ailment(
                            store.file()
                                + " does not open: "
                                + (store.password().isEmpty()
                                    ? "there is no "
                                        + CredentialFolder.STORE_PASSWORD
                                        + " beside it"
                                    : t.rightPassword().isPresent()
                                        ? "the password in "
                                            + CredentialFolder.STORE_PASSWORD
                                            + " is another one"
                                        : Printable.line(t.said()))
                                + ".",
                            "Put its password in the first line of "
                                + store.file().resolveSibling(CredentialFolder.STORE_PASSWORD))));
      }
      return found;
    }
  }

  static final class NothingTrusted extends Check {
    NothingTrusted() {
      super("trust-attribute", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.sides().values().stream().allMatch(side -> side.trustStore().isEmpty())
          ? Optional.of("no truststore.p12 is in a folder that is known")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence.sides().values().stream()
          .flatMap(side -> side.trustStore().stream())
          .filter(store -> store.trouble().isEmpty() && store.trusted().isEmpty())
          .map(
              store ->
                  ailment(
                      "Java sees no trusted certificate in "
                          + store.file()
                          + ": it is empty, or its certificates have not the attribute by which"
                          + " Java trusts them (2.16.840.1.113894.746875.1.1), as when openssl wrote"
                          + " it.",
                      "keytool -importcert -noprompt -alias root -file trust.pem -storetype PKCS12"
                          + " -keystore NEW.p12, or take the truststore.p12 of a credential folder"))
          .toList();
    }
  }

  static final class Unreadable extends Check {
    Unreadable() {
      super("file-unreadable", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.sides().isEmpty()
          ? Optional.of("no folder is known: give --dir")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence.sides().values().stream()
          .flatMap(
              side ->
                  side.flaws().stream()
                      .map(flaw -> ailment(flaw, "countersign status --dir " + side.folder())))
          .toList();
    }
  }

  static final class BundleBehind extends Check {
    BundleBehind() {
      super("bundle-behind", Severity.WARNING);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.sides().values().stream().filter(Side::isOurs).count() < 2
          ? Optional.of("two credential folders are compared: give --dir and --as-server")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      Side client = evidence.client().orElseThrow();
      Side server = evidence.server().orElseThrow();
      long ours = client.info().orElseThrow().trustBundle();
      long theirs = server.info().orElseThrow().trustBundle();
      boolean related =
          client
              .info()
              .orElseThrow()
              .authorityId()
              .equals(server.info().orElseThrow().authorityId());
      if (ours == theirs || !related) {
        return List.of();
      }
      Party behind = ours < theirs ? Party.CLIENT : Party.SERVER;
      Side side = behind == Party.CLIENT ? client : server;
      return List.of(
          ailment(
              "The "
                  + behind.word()
                  + " has trust bundle "
                  + Math.min(ours, theirs)
                  + " in "
                  + side.files()
                  + ", and the "
                  + behind.other().word()
                  + " has "
                  + Math.max(ours, theirs)
                  + " of the same authority: what the new root signs is refused.",
              "countersign trust --dir " + side.folder()));
    }
  }
}
