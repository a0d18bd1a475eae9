package dev.countersign.server;

import dev.countersign.server.config.Config;
import dev.countersign.server.keys.Passphrase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The server's folder. {@code init} builds everything in {@code .initializing} and then creates
 * {@code .initializing/complete}: that one file decides whether there is an authority. What follows
 * are renames, which whoever comes next repeats if they were cut short.
 */
record Home(Path directory) {
  private static final String COMPLETE = "complete";
  // The configuration last: its presence says that the folder is ready
  private static final List<String> PARTS =
      List.of(Passphrase.FILE, "keys", "database", Config.FILE_NAME);

  private static final Set<PosixFilePermission> OWN_FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWN_FILE =
      PosixFilePermissions.fromString("rw-------");

  Path config() {
    return directory.resolve(Config.FILE_NAME);
  }

  Path database() {
    return directory.resolve("database");
  }

  Path keys() {
    return directory.resolve("keys");
  }

  Path addresses() {
    return directory.resolve("addresses.json");
  }

  /** Replaces the file whole. */
  void writeAddresses(byte[] json) throws IOException {
    Path unfinished = addresses().resolveSibling("addresses.json.new");
    Files.deleteIfExists(unfinished); // of a process that was killed
    Files.createFile(unfinished, PosixFilePermissions.asFileAttribute(OWN_FILE));
    Files.write(unfinished, json);
    Files.move(
        unfinished,
        addresses(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  Path lock() {
    return directory.resolve("lock");
  }

  Home building() {
    return new Home(directory.resolve(".initializing"));
  }

  /** Also when the renames after {@link #commit} are still to be done. */
  boolean isInitialized() {
    return Files.exists(config(), LinkOption.NOFOLLOW_LINKS)
        || Files.exists(building().directory.resolve(COMPLETE));
  }

  /**
   * What is in the folder and has no business there when an authority is to be made in it: all but
   * what an init that did not get to its end leaves, a passphrase that was put there for it, and
   * what comes with a file system of its own.
   *
   * @param given files that may be there too
   */
  List<String> others(Set<Path> given) throws IOException {
    Set<Path> expected =
        Set.of(lock(), building().directory, directory.resolve(Passphrase.FILE), lostAndFound());
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> !expected.contains(file) && !given.contains(file))
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private Path lostAndFound() {
    return directory.resolve("lost+found"); // mkfs.ext4 makes it
  }

  /**
   * Looks, and touches nothing.
   *
   * @throws StartFailure that tells about {@code init} when there is no authority
   */
  void mustHoldAuthority() {
    String next = ": make an authority first with countersignd init --dir " + directory + ".";
    if (!Files.exists(directory)) {
      throw new StartFailure(ExitCodes.LOCAL_FILES, "There is no folder " + directory + next);
    }
    if (!Files.isDirectory(directory)) {
      throw new StartFailure(ExitCodes.LOCAL_FILES, directory + " is a file, not a folder" + next);
    }
    if (!Files.isExecutable(directory)) {
      throw new StartFailure(
          ExitCodes.LOCAL_FILES,
          "This user may not look into "
              + directory
              + ": run countersignd as the user who made the authority.");
    }
    if (!isInitialized()) {
      throw new StartFailure(
          ExitCodes.LOCAL_FILES,
          "There is no authority in " + directory + " (no " + Config.FILE_NAME + ")" + next);
    }
  }

  /** Makes the folder if it is not there, for its owner alone; true if it was not. */
  boolean create() throws IOException {
    if (Files.isDirectory(directory)) {
      return false;
    }
    Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWN_FOLDER));
    return true;
  }

  /** An empty place to build in; what an init that did not get to its end left there goes. */
  Home startBuilding() throws IOException {
    Home building = building();
    delete(building.directory);
    building.create();
    return building;
  }

  /** What was built so far goes, as if nobody had begun. */
  void abandonBuilding() throws IOException {
    delete(building().directory);
  }

  /** From here on there is an authority, all of it for its owner alone. */
  void commit() throws IOException {
    Home building = building();
    for (String part : PARTS) {
      // The folder that it goes to may have been there before, with any mode
      close(building.directory.resolve(part));
      sync(building.directory.resolve(part));
    }
    sync(building.directory);
    Files.createFile(building.directory.resolve(COMPLETE));
    sync(building.directory);
    finish();
  }

  /** The renames after {@link #commit}, or what is left of them; nothing when there is nothing. */
  void finish() throws IOException {
    Path building = building().directory;
    if (!Files.exists(building.resolve(COMPLETE))) {
      return;
    }
    for (String part : PARTS) {
      Path built = building.resolve(part);
      if (Files.exists(built)) {
        Files.move(built, directory.resolve(part), StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
      }
    }
    delete(building);
    sync(directory);
  }

  private static void close(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> below = Files.walk(path)) {
      for (Path each : below.toList()) {
        Files.setPosixFilePermissions(each, Files.isDirectory(each) ? OWN_FOLDER : OWN_FILE);
      }
    }
  }

  private static void sync(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> below = Files.walk(path)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        try (FileChannel channel = FileChannel.open(each, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // The deciding file first: half a folder must never look complete
    Files.deleteIfExists(path.resolve(COMPLETE));
    try (Stream<Path> below = Files.walk(path)) {
      below
          .sorted(Comparator.reverseOrder())
          .forEach(
              each -> {
                try {
                  Files.deleteIfExists(each);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
