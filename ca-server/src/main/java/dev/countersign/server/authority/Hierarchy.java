package dev.countersign.server.authority;

import dev.countersign.db.Database;
import dev.countersign.server.keys.KeyFileException;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.KeyHolder;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.keys.SigningKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** All authorities of this CA, and which of them is in use. */
public final class Hierarchy {
  /** How the names of issuing CAs begin, and so of the files of their keys. */
  public static final String ISSUING = "issuing-";

  private final List<Authority> authorities;
  private final TrustBundle trustBundle;

  public Hierarchy(List<Authority> authorities, TrustBundle trustBundle) {
    this.authorities = List.copyOf(authorities);
    this.trustBundle = trustBundle;
  }

  /**
   * Reads the hierarchy that a ceremony made. Issuing keys are opened at once, so that a wrong
   * passphrase is found at start-up; a root key is not. The key of an issuing CA that signs no
   * certificates any more may be gone.
   *
   * @throws KeyFileException with a sentence for the operator
   */
  public static Hierarchy load(Database database, KeyFiles files, Passphrase passphrase) {
    List<Authority> authorities = new ArrayList<>();
    for (AuthorityStore.Row row : database.read(AuthorityStore::all)) {
      KeyHolder key =
          row.kind() == Authority.Kind.ROOT
              ? KeyHolder.onDemand(files, row.name(), passphrase)
              : issuingKey(row, files, passphrase);
      authorities.add(
          new Authority(row.name(), row.kind(), row.state(), List.of(row.certificate()), key));
    }
    TrustBundle bundle =
        database
            .read(AuthorityStore::newestBundle)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "The database has no CA: run countersignd init on an empty folder first."));
    return new Hierarchy(authorities, bundle);
  }

  private static KeyHolder issuingKey(
      AuthorityStore.Row row, KeyFiles files, Passphrase passphrase) {
    Optional<SigningKey> key = files.open(row.name(), passphrase);
    if (key.isEmpty() && row.state() != Authority.State.ACTIVE) {
      return KeyHolder.absent();
    }
    if (key.isEmpty()) {
      throw new KeyFileException(
          "The key of "
              + row.name()
              + " is missing: put "
              + files.path(row.name())
              + " back from a backup.");
    }
    if (!Arrays.equals(key.get().publicKey().getEncoded(), row.certificate().publicKeyInfo())) {
      throw new KeyFileException(
          files.path(row.name())
              + " is not the key of the certificate in the database: put the folder and the"
              + " database of one backup together.");
    }
    return KeyHolder.of(key.get());
  }

  public List<Authority> all() {
    return authorities;
  }

  public List<Authority> roots() {
    return authorities.stream().filter(a -> a.kind() == Authority.Kind.ROOT).toList();
  }

  /** The one that signs new certificates. */
  public Authority issuing() {
    return authorities.stream()
        .filter(a -> a.kind() == Authority.Kind.ISSUING && a.state() == Authority.State.ACTIVE)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No issuing CA is active."));
  }

  /** Whether the database knows these authorities in these states: they are read at start only. */
  public boolean isAsRecorded(Database database) {
    List<AuthorityStore.Row> rows = database.read(AuthorityStore::all);
    return rows.size() == authorities.size()
        && rows.stream()
            .allMatch(
                row -> find(row.name()).filter(own -> own.state() == row.state()).isPresent());
  }

  /** The root that has certified this issuing CA. */
  public Authority rootOf(Authority issuing) {
    return roots().stream()
        .filter(
            root ->
                Arrays.equals(root.certificate().subjectDer(), issuing.certificate().issuerDer()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(issuing.name() + " has no root here."));
  }

  public Optional<Authority> find(String name) {
    return authorities.stream().filter(a -> a.name().equals(name)).findFirst();
  }

  public TrustBundle trustBundle() {
    return trustBundle;
  }
}
