package dev.countersign.client.doctor;

import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Printable;
import dev.countersign.client.RevocationLists;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.PrivateKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what is there, and passes over what is not: a folder that is not whole is what the doctor
 * is asked about.
 */
final class SideReader {
  private static final int MOST_BYTES = 4 << 20;
  // As long as the lists in a credential folder may be
  private static final int MOST_BYTES_OF_LISTS = 96 << 20;

  private final Path folder;
  private final Path files;
  private final List<String> flaws = new ArrayList<>();

  SideReader(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
    Path current = this.folder.resolve("current");
    this.files = Files.isDirectory(current) ? current : this.folder;
  }

  Side read() {
    Optional<char[]> password =
        text(CredentialFolder.STORE_PASSWORD, MOST_BYTES)
            .map(text -> text.lines().findFirst().orElse("").stripTrailing().toCharArray());
    Optional<StoreFile> keyStore = store(CredentialFolder.KEY_STORE, password);
    Optional<StoreFile> trustStore = store(CredentialFolder.TRUST_STORE, password);
    List<Certificate> chain = chain();
    Optional<KeyPair> key = key();
    Optional<StoreFile.Entry> stored =
        keyStore.flatMap(store -> store.entries().stream().findFirst());
    if (chain.isEmpty() && stored.isPresent()) {
      chain = stored.get().chain();
      key = key.or(() -> stored.get().key());
    }
    List<Certificate> roots = certificates(CredentialFolder.TRUST);
    if (roots.isEmpty()) {
      roots = trustStore.map(StoreFile::trusted).orElse(List.of());
    }
    Set<Certificate> issuers = new LinkedHashSet<>(chain);
    issuers.addAll(roots);
    return new Side(
        folder,
        files,
        chain,
        key,
        roots,
        text(CredentialFolder.CRL, MOST_BYTES_OF_LISTS)
            .map(pem -> lists(pem, List.copyOf(issuers))),
        keyStore,
        trustStore,
        CredentialFolder.at(folder).peek(),
        List.copyOf(flaws));
  }

  private List<Certificate> chain() {
    List<Certificate> full = certificates(CredentialFolder.FULL_CHAIN);
    if (!full.isEmpty()) {
      return full;
    }
    List<Certificate> own = new ArrayList<>(certificates(CredentialFolder.CERTIFICATE));
    if (own.size() == 1) {
      own.addAll(certificates(CredentialFolder.CHAIN));
    }
    return List.copyOf(own);
  }

  private Optional<KeyPair> key() {
    return text(CredentialFolder.KEY, MOST_BYTES)
        .flatMap(
            pem -> {
              try {
                return Optional.of(PrivateKeys.parsePem(pem));
              } catch (IllegalArgumentException e) {
                flaw(CredentialFolder.KEY, e.getMessage());
                return Optional.empty();
              }
            });
  }

  private List<Certificate> certificates(String name) {
    Optional<String> pem = text(name, MOST_BYTES).filter(text -> text.contains("-----BEGIN "));
    try {
      return pem.isEmpty() ? List.of() : Certificate.parsePem(pem.get());
    } catch (IllegalArgumentException e) {
      flaw(name, e.getMessage());
      return List.of();
    }
  }

  private RevocationLists lists(String pem, List<Certificate> issuers) {
    try {
      return RevocationLists.believable(pem, issuers);
    } catch (IllegalArgumentException e) {
      flaw(CredentialFolder.CRL, e.getMessage());
      return RevocationLists.NONE;
    }
  }

  private Optional<StoreFile> store(String name, Optional<char[]> password) {
    return bytes(name, MOST_BYTES)
        .map(content -> StoreFile.read(files.resolve(name), content, password));
  }

  private Optional<String> text(String name, int most) {
    return bytes(name, most).map(content -> new String(content, StandardCharsets.ISO_8859_1));
  }

  /** Through links too: other programs' files are often mounted that way. */
  private Optional<byte[]> bytes(String name, int most) {
    Path file = files.resolve(name);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(most + 1);
      if (content.length <= most) {
        return Optional.of(content);
      }
      flaw(name, "it is larger than " + most + " bytes");
    } catch (IOException e) {
      flaw(name, e.getClass().getSimpleName() + " " + e.getMessage());
    }
    return Optional.empty();
  }

  private void flaw(String name, @org.jspecify.annotations.Nullable String why) {
    flaws.add(Printable.line(files.resolve(name) + " cannot be read: " + why + "."));
  }

  /** Named so that it is plain what a key store is here. */
  static KeyStore pkcs12() {
    try {
      return KeyStore.getInstance("PKCS12");
    } catch (java.security.KeyStoreException e) {
      throw new IllegalStateException("every Java platform has PKCS12", e);
    }
  }
}
