package dev.countersign.client.doctor;

import dev.countersign.client.CredentialInfo;
import dev.countersign.client.RevocationLists;
import dev.countersign.client.TlsIdentity;
import dev.countersign.pki.Certificate;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one side has on its disk, as far as it can be read: a credential folder, or any folder with
 * files of the same names.
 *
 * @param folder as it was named
 * @param files the folder in which the files are
 * @param chain its own certificate first
 * @param lists empty if there is no {@code crl.pem}
 * @param flaws of files that cannot be read, as whole sentences
 */
public record Side(
    Path folder,
    Path files,
    List<Certificate> chain,
    Optional<KeyPair> key,
    List<Certificate> roots,
    Optional<RevocationLists> lists,
    Optional<StoreFile> keyStore,
    Optional<StoreFile> trustStore,
    Optional<CredentialInfo> info,
    List<String> flaws) {

  public static Side read(Path folder) {
    return new SideReader(folder).read();
  }

  /** Whether this was made by {@code countersign enroll}, so that its commands mend it. */
  boolean isOurs() {
    return info.isPresent();
  }

  Optional<Certificate> certificate() {
    return chain.isEmpty() ? Optional.empty() : Optional.of(chain.get(0));
  }

  /** What can be shown in a handshake: empty without a key that is its certificate's. */
  Optional<TlsIdentity> identity() {
    return key.filter(k -> isKeyOfCertificate()).map(k -> new TlsIdentity(k.getPrivate(), chain));
  }

  boolean isKeyOfCertificate() {
    return key.isPresent()
        && certificate()
            .filter(
                c -> java.util.Arrays.equals(c.publicKeyInfo(), key.get().getPublic().getEncoded()))
            .isPresent();
  }

  List<Certificate> all() {
    List<Certificate> all = new ArrayList<>(chain);
    all.addAll(roots);
    return all;
  }
}
