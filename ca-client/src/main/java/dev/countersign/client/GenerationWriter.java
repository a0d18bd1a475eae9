package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyStoreFiles;
import dev.countersign.pki.PrivateKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a generation beside the one in force and switches to it. Whatever step it dies at, {@code
 * current} names a whole generation, and the next writer clears away what was left.
 */
final class GenerationWriter {
  /**
   * How many are kept: the one in force, and those that a slow reader or a person may still want.
   */
  static final int KEPT = 3;

  private static final String ALIAS = "countersign";

  /** What a generation is made of. */
  record Content(
      KeyPair key,
      Certificate certificate,
      List<Certificate> chain,
      List<Certificate> roots,
      String crls,
      CredentialInfo info) {}

  private final CredentialFolder folder;
  private final DurableFiles files;
  private final SecureRandom random;

  GenerationWriter(CredentialFolder folder, SecureRandom random) {
    this.folder = folder;
    this.files = folder.files();
    this.random = random;
  }

  /**
   * The same credential with other roots or lists.
   *
   * @param denials the number of the newest that is known
   */
  Credential refresh(
      Credential present, TrustBundle trust, RevocationLists crls, long denials, FolderLock lock) {
    KeyPair key = new KeyPair(present.certificate().x509().getPublicKey(), present.privateKey());
    return write(
        new Content(
            key,
            present.certificate(),
            present.chain(),
            trust.roots(),
            crls.of(Credential.issuers(present.chain(), trust.roots())).pem(),
            present.info().with(trust.number(), denials)),
        lock);
  }

  /** The lock proves that nobody else writes. */
  Credential write(Content content, FolderLock lock) {
    try {
      return write(content);
    } catch (IOException e) {
      throw LocalFiles.failure("write the credential", folder.path(), e);
    }
  }

  private Credential write(Content content) throws IOException {
    if (content.crls().length() > GenerationReader.MOST_BYTES_OF_LISTS) {
      throw new ClientException(
          Kind.WRONG_SERVER,
          "The authority's revocation lists are larger together than the "
              + GenerationReader.MOST_BYTES_OF_LISTS
              + " bytes that "
              + CredentialFolder.CRL
              + " may have. Nothing was written. Tell the authority's operator.");
    }
    FilePermissions permissions = content.info().permissions();
    Path generations = folder.path().resolve(CredentialFolder.GENERATIONS);
    if (!Files.isDirectory(generations, LinkOption.NOFOLLOW_LINKS)) {
      files.createFolder(generations, permissions);
    }
    permissions.apply(folder.path(), true);
    permissions.apply(generations, true);
    clearLeftovers();

    Optional<Path> before = currentFolder();
    Map<String, byte[]> wanted = contents(content, before);
    long number = folder.generations().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
    Path partial = generations.resolve(number + ".partial");
    files.createFolder(partial, permissions);
    for (Map.Entry<String, byte[]> file : wanted.entrySet()) {
      Optional<Path> same = before.filter(b -> holds(b.resolve(file.getKey()), file.getValue()));
      Path name = partial.resolve(file.getKey());
      if (same.isPresent()) {
        files.link(same.get().resolve(file.getKey()), name, permissions);
      } else {
        files.write(name, file.getValue(), permissions);
      }
    }
    files.sync(partial);
    files.rename(partial, folder.generationFolder(number));
    // Before it is in force: what cannot be read back must not be what services find
    Credential written = GenerationReader.read(folder.generationFolder(number), number);
    switchTo(number);
    prune(number);
    return written;
  }

  private Map<String, byte[]> contents(Content content, Optional<Path> before) throws IOException {
    Map<String, byte[]> wanted = new LinkedHashMap<>();
    wanted.put(CredentialFolder.KEY, CredentialFolder.ascii(PrivateKeys.toPem(content.key())));
    wanted.put(CredentialFolder.CERTIFICATE, CredentialFolder.ascii(content.certificate().toPem()));
    wanted.put(CredentialFolder.CHAIN, CredentialFolder.ascii(Certificate.toPem(content.chain())));
    List<Certificate> full = new java.util.ArrayList<>(List.of(content.certificate()));
    full.addAll(content.chain());
    wanted.put(CredentialFolder.FULL_CHAIN, CredentialFolder.ascii(Certificate.toPem(full)));
    wanted.put(
        CredentialFolder.COMBINED,
        CredentialFolder.ascii(PrivateKeys.toPem(content.key()) + Certificate.toPem(full)));
    wanted.put(CredentialFolder.TRUST, CredentialFolder.ascii(Certificate.toPem(content.roots())));
    wanted.put(CredentialFolder.CRL, CredentialFolder.ascii(content.crls()));

    char[] password = password(before);
    wanted.put(CredentialFolder.STORE_PASSWORD, CredentialFolder.ascii(new String(password)));
    // A key store is never the same twice (salts), so it is made again only when what is in it has
    // changed.
    Optional<byte[]> sameKey =
        before
            .filter(
                b ->
                    holds(b.resolve(CredentialFolder.KEY), wanted.get(CredentialFolder.KEY))
                        && holds(
                            b.resolve(CredentialFolder.FULL_CHAIN),
                            wanted.get(CredentialFolder.FULL_CHAIN))
                        && holds(
                            b.resolve(CredentialFolder.STORE_PASSWORD),
                            wanted.get(CredentialFolder.STORE_PASSWORD)))
            .flatMap(b -> asWritten(b, CredentialFolder.KEY_STORE));
    wanted.put(
        CredentialFolder.KEY_STORE,
        sameKey.isPresent()
            ? sameKey.get()
            : KeyStoreFiles.keyStore(content.key().getPrivate(), full, ALIAS, password, random));
    wanted.put(CredentialFolder.TRUST_STORE, KeyStoreFiles.trustStore(content.roots(), password));
    Arrays.fill(password, '\0');

    Map<String, String> digests = new LinkedHashMap<>();
    wanted.forEach((name, bytes) -> digests.put(name, GenerationReader.digest(bytes)));
    wanted.put(CredentialFolder.INFO, CredentialJson.write(content.info().withDigests(digests)));
    return wanted;
  }

  /** Kept for the life of the folder: services have it in their configuration. */
  private char[] password(Optional<Path> before) {
    Optional<byte[]> kept = before.flatMap(b -> asWritten(b, CredentialFolder.STORE_PASSWORD));
    if (kept.isPresent()) {
      return new String(kept.get(), StandardCharsets.US_ASCII).toCharArray();
    }
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).toCharArray();
  }

  /** A file of the generation in force, unless it is damaged: that is made anew. */
  private Optional<byte[]> asWritten(Path before, String name) {
    try {
      Optional<CredentialInfo> info = folder.peek();
      return info.isEmpty()
          ? Optional.empty()
          : Optional.of(GenerationReader.checked(before, info.get(), name));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void switchTo(long number) throws IOException {
    Path next = folder.path().resolve(CredentialFolder.CURRENT + ".partial");
    files.symlink(next, Path.of(CredentialFolder.GENERATIONS, Long.toString(number)));
    files.rename(next, folder.path().resolve(CredentialFolder.CURRENT));
    Path info = folder.path().resolve(CredentialFolder.INFO);
    if (!Files.isSymbolicLink(info)) {
      files.deleteTree(info);
      files.symlink(info, Path.of(CredentialFolder.CURRENT, CredentialFolder.INFO));
      files.sync(folder.path());
    }
  }

  private Optional<Path> currentFolder() {
    try {
      return Optional.of(folder.generationFolder(folder.currentGeneration()))
          .filter(Files::isDirectory);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void clearLeftovers() throws IOException {
    files.deleteTree(folder.path().resolve(CredentialFolder.CURRENT + ".partial"));
    Path generations = folder.path().resolve(CredentialFolder.GENERATIONS);
    List<Path> partial;
    try (var listed = Files.list(generations)) {
      partial = listed.filter(p -> p.toString().endsWith(".partial")).toList();
    }
    for (Path path : partial) {
      files.deleteTree(path);
    }
    Path current = folder.path().resolve(CredentialFolder.CURRENT);
    if (Files.isDirectory(current, LinkOption.NOFOLLOW_LINKS)) {
      throw new java.nio.file.FileAlreadyExistsException(current.toString());
    }
  }

  private void prune(long inForce) throws IOException {
    List<Long> all = folder.generations();
    for (int i = 0; i < all.size() - KEPT; i++) {
      if (all.get(i) != inForce) {
        files.deleteTree(folder.generationFolder(all.get(i)));
      }
    }
  }

  private static boolean holds(Path file, byte @org.jspecify.annotations.Nullable [] content) {
    try {
      return content != null
          && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.size(file) == content.length
          && Arrays.equals(LocalFiles.read(file, content.length), content);
    } catch (IOException e) {
      return false;
    }
  }
}
