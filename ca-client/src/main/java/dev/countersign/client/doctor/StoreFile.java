package dev.countersign.client.doctor;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.MalformedCertificateException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A PKCS #12 file (RFC 7292) as this Java sees it.
 *
 * @param trouble why it does not open
 * @param entries with a key
 * @param store as it was opened
 */
record StoreFile(
    Path file,
    Optional<char[]> password,
    Optional<Trouble> trouble,
    List<Entry> entries,
    List<Certificate> trusted,
    Optional<KeyStore> store) {

  /** A key with its chain. */
  record Entry(String alias, Optional<KeyPair> key, List<Certificate> chain) {}

  /**
   * @param rightPassword empty if that cannot be known
   * @param algorithms by name, those of the file that this Java may not know
   */
  record Trouble(Optional<Boolean> rightPassword, List<String> algorithms, String said) {}

  static StoreFile read(Path file, byte[] content, Optional<char[]> password) {
    KeyStore store = SideReader.pkcs12();
    try {
      store.load(new ByteArrayInputStream(content), password.orElse(null));
      List<Entry> entries = new ArrayList<>();
      List<Certificate> trusted = new ArrayList<>();
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          entries.add(entry(store, alias, password));
        } else if (store.getCertificate(alias) instanceof X509Certificate x509) {
          trusted.addAll(certificates(x509));
        }
      }
      boolean locked =
          password.isEmpty()
              && trusted.isEmpty()
              && entries.stream().allMatch(entry -> entry.chain().isEmpty());
      return new StoreFile(
          file,
          password,
          // without a password Java passes over what is encrypted
          locked
              ? Optional.of(new Trouble(Optional.empty(), List.of(), "nothing in it can be seen"))
              : Optional.empty(),
          entries,
          trusted,
          Optional.of(store));
    } catch (IOException | GeneralSecurityException e) {
      return new StoreFile(
          file,
          password,
          Optional.of(trouble(content, password, e)),
          List.of(),
          List.of(),
          Optional.empty());
    }
  }

  private static Trouble trouble(byte[] content, Optional<char[]> password, Exception e) {
    Optional<Boolean> right =
        e.getCause() instanceof UnrecoverableKeyException
            ? Optional.of(false)
            : password.flatMap(word -> Pkcs12Mac.verifies(content, word));
    return new Trouble(right, Pkcs12Mac.algorithms(content), String.valueOf(e.getMessage()));
  }

  private static Entry entry(KeyStore store, String alias, Optional<char[]> password)
      throws GeneralSecurityException {
    java.security.cert.Certificate[] chain = store.getCertificateChain(alias);
    List<Certificate> read = chain == null ? List.of() : certificates(chain);
    Optional<KeyPair> key = Optional.empty();
    try {
      if (!read.isEmpty()
          && store.getKey(alias, password.orElse(null)) instanceof PrivateKey secret) {
        key = Optional.of(new KeyPair(read.get(0).x509().getPublicKey(), secret));
      }
    } catch (UnrecoverableKeyException e) {
      // a password of its own: its certificates are there all the same
    }
    return new Entry(alias, key, read);
  }

  private static List<Certificate> certificates(java.security.cert.Certificate... all) {
    List<Certificate> read = new ArrayList<>();
    for (java.security.cert.Certificate each : all) {
      try {
        read.add(Certificate.of((X509Certificate) each));
      } catch (MalformedCertificateException e) {
        return read; // what is above it says nothing without it
      }
    }
    return read;
  }
}
