package dev.countersign.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What every user of this machine can get at in the folder of an authority: worth a warning, as
 * nothing here is a secret. The key files and the passphrase are; whoever reads them refuses them.
 */
final class Exposure {
  private Exposure() {}

  /** One sentence for each. */
  static List<String> of(Home home) throws IOException {
    List<String> complaints = new ArrayList<>();
    Path directory = home.directory();
    if (others(directory).contains(PosixFilePermission.OTHERS_WRITE)) {
      complaints.add(
          "Every user of this machine may put other files into "
              + directory
              + ": run chmod o-w on it.");
    }
    if (isOpen(directory) && Files.isDirectory(home.database()) && isOpen(home.database())) {
      try (Stream<Path> files = Files.list(home.database())) {
        for (Path file : files.sorted().toList()) {
          complain(file, complaints);
        }
      }
    }
    return complaints;
  }

  private static void complain(Path file, List<String> complaints) throws IOException {
    Set<PosixFilePermission> modes = others(file);
    if (modes.contains(PosixFilePermission.OTHERS_READ)
        || modes.contains(PosixFilePermission.OTHERS_WRITE)) {
      complaints.add(
          "Every user of this machine may "
              + (modes.contains(PosixFilePermission.OTHERS_WRITE) ? "change " : "read ")
              + file
              + ": run chmod 600 on it.");
    }
  }

  private static boolean isOpen(Path folder) throws IOException {
    return others(folder).contains(PosixFilePermission.OTHERS_EXECUTE);
  }

  private static Set<PosixFilePermission> others(Path path) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    return view == null ? Set.of() : view.readAttributes().permissions();
  }
}
