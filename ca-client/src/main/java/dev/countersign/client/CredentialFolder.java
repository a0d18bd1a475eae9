package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The folder a credential lives in. {@code current} points to the generation in force and is
 * switched by one rename; {@code credential.json} beside it points through {@code current}, so that
 * it is switched by the same rename.
 */
public final class CredentialFolder {
  public static final String KEY = "key.pem";
  public static final String CERTIFICATE = "cert.pem";
  public static final String CHAIN = "chain.pem";
  public static final String FULL_CHAIN = "fullchain.pem";
  public static final String COMBINED = "combined.pem";
  public static final String TRUST = "trust.pem";
  public static final String CRL = "crl.pem";
  public static final String KEY_STORE = "keystore.p12";
  public static final String TRUST_STORE = "truststore.p12";
  public static final String STORE_PASSWORD = "store.password";
  public static final String INFO = "credential.json";

  static final String CURRENT = "current";
  static final String GENERATIONS = "generations";

  // A reader that was slower than a switch finds another generation under `current`; more than a
  // few means trouble.
  private static final int TRIES = 5;

  private final Path folder;
  private final DurableFiles files;

  CredentialFolder(Path folder, DurableFiles files) {
    this.folder = folder.toAbsolutePath().normalize();
    this.files = files;
  }

  public static CredentialFolder at(Path folder) {
    return new CredentialFolder(folder, new DurableFiles());
  }

  public Path path() {
    return folder;
  }

  DurableFiles files() {
    return files;
  }

  /**
   * Whether there is a credential, whole or not.
   *
   * @throws ClientException when this user may not look
   */
  public boolean isUsed() {
    return about(folder.resolve(CURRENT), LinkOption.NOFOLLOW_LINKS).isPresent();
  }

  /** Not with {@code Files.exists}, which says no also where it may not look. */
  private static Optional<BasicFileAttributes> about(Path path, LinkOption... options) {
    try {
      return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, options));
    } catch (AccessDeniedException e) {
      throw LocalFiles.failure("read the credential", path, e);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Without reading anything but {@code credential.json}. */
  public Optional<CredentialInfo> peek() {
    if (!isUsed()) {
      return Optional.empty();
    }
    try {
      return Optional.of(GenerationReader.info(generationFolder(currentGeneration())));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The generation in force, checked to be whole. */
  public Credential read() {
    if (about(folder).filter(BasicFileAttributes::isDirectory).isEmpty()) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          "There is no credential folder at "
              + folder
              + ". Enrol first (countersign enroll --dir "
              + folder
              + "), or name another one with --dir.");
    }
    if (!isUsed()) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          "There is no credential in "
              + folder
              + " yet. Enrol with a string from the authority's operator: countersign enroll --dir "
              + folder);
    }
    IOException last = new NoSuchFileException(folder.resolve(CURRENT).toString());
    for (int i = 0; i < TRIES; i++) {
      long generation = 0;
      try {
        generation = currentGeneration();
        return GenerationReader.read(generationFolder(generation), generation);
      } catch (GenerationReader.DamagedException e) {
        throw damaged(generation, e.reason(), e);
      } catch (NoSuchFileException e) {
        last = e; // taken away as too old while it was read
        if (generation > 0 && Files.isDirectory(generationFolder(generation))) {
          throw damaged(generation, fileName(e) + " is missing", e);
        }
      } catch (IOException e) {
        throw LocalFiles.failure("read the credential", folder, e);
      }
    }
    throw damaged(0, "current points to a generation that is not there", last);
  }

  /**
   * The generation in force, whose key, certificate and roots are whole; whatever else is damaged,
   * a renewal mends.
   */
  Credential readForRenewal(Notices notices) {
    try {
      return read();
    } catch (ClientException damaged) {
      try {
        long generation = currentGeneration();
        Credential credential =
            GenerationReader.readWhatProves(generationFolder(generation), generation);
        notices.odd(
            "Files in "
                + credential.folder()
                + " are damaged; they are made anew with the next certificate.");
        return credential;
      } catch (IOException e) {
        throw damaged;
      }
    }
  }

  private boolean isMendable(long generation) {
    try {
      GenerationReader.readWhatProves(generationFolder(generation), generation);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String fileName(NoSuchFileException e) {
    Path name = Path.of(e.getFile()).getFileName();
    return name == null ? e.getFile() : name.toString();
  }

  private ClientException damaged(long generation, String reason, Exception cause) {
    String next =
        isMendable(generation)
            ? "Key and certificate are whole: countersign renew --force --dir "
                + folder
                + "  makes the rest anew."
            : wayBack(generation);
    return new ClientException(
        Kind.LOCAL_FILES,
        "The credential in "
            + folder
            + " is damaged: "
            + (generation > 0 ? "in generations/" + generation + ", " : "")
            + reason
            + ". "
            + next,
        cause);
  }

  private String wayBack(long damaged) {
    return newestWholeBesides(damaged)
        .map(
            g ->
                "Generation "
                    + g
                    + " is whole: go back to it with  ln -sfn generations/"
                    + g
                    + " "
                    + folder.resolve(CURRENT)
                    + "  and then run countersign renew --force --dir "
                    + folder
                    + ".")
        .orElse("No other generation is whole: enrol again with a new string and --replace.");
  }

  private Optional<Long> newestWholeBesides(long damaged) {
    List<Long> all = new ArrayList<>(generations());
    all.sort((a, b) -> Long.compare(b, a));
    for (long generation : all) {
      if (generation != damaged) {
        try {
          GenerationReader.read(generationFolder(generation), generation);
          return Optional.of(generation);
        } catch (IOException e) {
          // not whole either
        }
      }
    }
    return Optional.empty();
  }

  long currentGeneration() throws IOException {
    Path link = folder.resolve(CURRENT);
    if (!Files.isSymbolicLink(link)) {
      throw new GenerationReader.DamagedException(link + " is not a symbolic link");
    }
    Path target = Files.readSymbolicLink(link);
    String text = String.valueOf(target.getFileName());
    if (text.matches("[0-9]{1,18}")) {
      long number = Long.parseLong(text);
      if (folder.resolve(target).normalize().equals(generationFolder(number))) {
        return number;
      }
    }
    throw new GenerationReader.DamagedException(
        link + " points to \"" + Printable.line(target.toString()) + "\", which is no generation");
  }

  Path generationFolder(long generation) {
    return folder.resolve(GENERATIONS).resolve(Long.toString(generation));
  }

  List<Long> generations() {
    Path all = folder.resolve(GENERATIONS);
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (var listed = Files.list(all)) {
      return listed
          .map(p -> String.valueOf(p.getFileName()))
          .filter(n -> n.matches("[0-9]{1,18}"))
          .map(Long::parseLong)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw LocalFiles.failure("list the generations", all, e);
    }
  }

  /** Makes the folder if need be, and keeps other writers out until the lock is closed. */
  FolderLock lock(Duration wait, Notices notices, FilePermissions permissions) {
    IOException last = new NoSuchFileException(folder.toString());
    for (int i = 0; i < TRIES; i++) {
      try {
        return FolderLock.acquire(folder, make(permissions), wait, notices);
      } catch (FolderLock.RemovedException e) {
        last = e; // whoever made it had no use for it
      } catch (IOException e) {
        throw LocalFiles.failure("make the credential folder", folder, e);
      }
    }
    throw LocalFiles.failure("make the credential folder", folder, last);
  }

  /** Gives the folders that were not there before, the outermost first. */
  private List<Path> make(FilePermissions permissions) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path at = folder; at != null && !Files.exists(at); at = at.getParent()) {
      missing.addFirst(at);
    }
    if (Files.isDirectory(folder)) {
      return List.of();
    }
    Path parent = folder.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      files.createFolder(folder, permissions);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      } // else another process was faster
    }
    return List.copyOf(missing);
  }

  /** Before a request, so that a group this user may not give files to is found out in time. */
  void give(FilePermissions permissions) {
    try {
      permissions.apply(folder, true);
    } catch (IOException e) {
      throw LocalFiles.failure("give the credential folder its group and mode", folder, e);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
