package dev.countersign.client.doctor;

import dev.countersign.client.CredentialFolder;
import dev.countersign.client.HostNames;
import dev.countersign.client.Printable;
import dev.countersign.client.doctor.Ailment.Severity;
import dev.countersign.client.doctor.StoreFile.Entry;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.PrivateKeys;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;
import javax.security.auth.x500.X500Principal;

/** Of keys, and of which of several is used. */
final class KeyChecks {
  private KeyChecks() {}

  /** On either disk. */
  static final class KeyMismatch extends Check {
    KeyMismatch() {
      super("key-mismatch", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.sides().isEmpty()
          ? Optional.of("no folder is known: give --dir")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      List<Ailment> found = new ArrayList<>();
      evidence
          .sides()
          .forEach(
              (party, side) -> {
                if (side.key().isPresent()
                    && side.certificate().isPresent()
                    && !side.isKeyOfCertificate()) {
                  found.add(
                      mismatch(
                          side.files().resolve(CredentialFolder.KEY).toString(),
                          side.certificate().get(),
                          side));
                }
                side.keyStore().map(StoreFile::entries).orElse(List.of()).stream()
                    .filter(KeyMismatch::isMixedUp)
                    .map(
                        entry ->
                            mismatch(
                                "the entry \""
                                    + Printable.line(entry.alias())
                                    + "\" of "
                                    + side.files().resolve(CredentialFolder.KEY_STORE),
                                entry.chain().get(0),
                                side))
                    .forEach(found::add);
              });
      return found;
    }

    private static boolean isMixedUp(Entry entry) {
      try {
        return entry
            .key()
            .filter(key -> !PrivateKeys.belongTogether(key.getPrivate(), key.getPublic()))
            .isPresent();
      } catch (IllegalArgumentException e) {
        return false; // of a kind that is not known here
      }
    }

    private Ailment mismatch(String where, Certificate certificate, Side side) {
      return about(
          certificate,
          "The key in "
              + where
              + " is not that of the certificate \""
              + Printable.line(certificate.subject())
              + "\" beside it: no handshake can be made with them.",
          "Put back the key that belongs to it, or get both anew: countersign enroll --replace"
              + " --dir "
              + side.folder());
    }
  }

  /** Among several in a key store, as Java's own key manager chooses. */
  static final class WrongAlias extends Check {
    WrongAlias() {
      super("wrong-alias", Severity.ERROR);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.sides().values().stream()
              .noneMatch(
                  side -> side.keyStore().filter(store -> store.entries().size() > 1).isPresent())
          ? Optional.of("no key store with several keys is known")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      List<Ailment> found = new ArrayList<>();
      evidence.client().flatMap(side -> client(side, evidence)).ifPresent(found::add);
      evidence.server().flatMap(side -> server(side, evidence)).ifPresent(found::add);
      return found;
    }

    private Optional<Ailment> client(Side side, Evidence evidence) {
      Optional<Entry> chosen = side.keyStore().flatMap(store -> chosen(store, evidence));
      Optional<Entry> good =
          side.keyStore().stream()
              .flatMap(store -> store.entries().stream())
              .filter(
                  entry ->
                      !entry.chain().isEmpty()
                          && new Showing(
                                  Party.CLIENT,
                                  entry.chain(),
                                  Optional.of(side),
                                  evidence.server().or(() -> Optional.of(side)),
                                  List.of(),
                                  evidence.now())
                              .path()
                              .isPresent())
              .findFirst();
      return chosen
          .filter(entry -> good.isPresent())
          .filter(entry -> !leads(entry, side, evidence))
          .map(entry -> wrong(Party.CLIENT, side, entry, good.orElseThrow()));
    }

    private static boolean leads(Entry entry, Side side, Evidence evidence) {
      return !entry.chain().isEmpty()
          && new Showing(
                  Party.CLIENT,
                  entry.chain(),
                  Optional.of(side),
                  evidence.server().or(() -> Optional.of(side)),
                  List.of(),
                  evidence.now())
              .path()
              .isPresent();
    }

    private static Optional<Entry> chosen(StoreFile file, Evidence evidence) {
      try {
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(file.store().orElseThrow(), file.password().orElse(null));
        if (!(factory.getKeyManagers()[0] instanceof X509KeyManager manager)) {
          return Optional.empty();
        }
        Optional<Seen.Asked> asked = evidence.asked();
        String[] types =
            asked.map(a -> a.keyTypes().toArray(new String[0])).orElse(new String[] {"EC", "RSA"});
        X500Principal[] issuers =
            asked.map(a -> a.issuers().toArray(new X500Principal[0])).orElse(new X500Principal[0]);
        String alias = manager.chooseClientAlias(types, issuers.length == 0 ? null : issuers, null);
        X509Certificate[] chain = alias == null ? null : manager.getCertificateChain(alias);
        return chain == null
            ? Optional.empty()
            : file.entries().stream()
                .filter(e -> !e.chain().isEmpty() && e.chain().get(0).x509().equals(chain[0]))
                .findFirst();
      } catch (GeneralSecurityException e) {
        return Optional.empty(); // a key with a password of its own
      }
    }

    private Optional<Ailment> server(Side side, Evidence evidence) {
      List<Certificate> presented = evidence.presented();
      List<Entry> entries = side.keyStore().map(StoreFile::entries).orElse(List.of());
      if (presented.isEmpty() || entries.size() < 2) {
        return Optional.empty();
      }
      Optional<Entry> served =
          entries.stream()
              .filter(e -> !e.chain().isEmpty() && e.chain().get(0).equals(presented.get(0)))
              .findFirst();
      return served
          .filter(entry -> !suits(entry, evidence))
          .flatMap(
              entry ->
                  entries.stream()
                      .filter(other -> suits(other, evidence))
                      .findFirst()
                      .map(good -> wrong(Party.SERVER, side, entry, good)));
    }

    private static boolean suits(Entry entry, Evidence evidence) {
      return !entry.chain().isEmpty()
          && HostNames.matches(entry.chain().get(0), evidence.host())
          && new Showing(
                  Party.SERVER,
                  entry.chain(),
                  evidence.server(),
                  evidence.client().or(evidence::server),
                  List.of(),
                  evidence.now())
              .path()
              .isPresent();
    }

    private Ailment wrong(Party party, Side side, Entry used, Entry good) {
      return refusal(
          party.other(),
          used.chain().get(0),
          "Of "
              + side.keyStore().map(StoreFile::entries).orElse(List.of()).size()
              + " keys in "
              + side.files().resolve(CredentialFolder.KEY_STORE)
              + " the "
              + party.word()
              + " shows \""
              + Printable.line(used.alias())
              + "\" ("
              + Printable.line(used.chain().get(0).subject())
              + " of "
              + Printable.line(used.chain().get(0).issuer())
              + "), which the "
              + party.other().word()
              + " refuses; \""
              + Printable.line(good.alias())
              + "\" would do.",
          "Have the program name the alias, or take the other out: keytool -delete -alias "
              + Printable.line(used.alias())
              + " -keystore "
              + side.files().resolve(CredentialFolder.KEY_STORE));
    }
  }
}
