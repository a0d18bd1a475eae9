package dev.countersign.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The few acts on files that a credential folder is made of, each durable when it returns. Not
 * final: a test puts a full disk or a power cut in between.
 */
class DurableFiles {
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  void createFolder(Path folder, FilePermissions permissions) throws IOException {
    Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
    permissions.apply(folder, true);
    syncParent(folder);
  }

  void write(Path file, byte[] content, FilePermissions permissions) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(OWNER_FILE))) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      permissions.apply(file, false);
      force(channel);
    }
  }

  /** The same file under a second name: unchanged content is not written again. */
  void link(Path existing, Path name, FilePermissions permissions) throws IOException {
    Files.createLink(name, existing);
    permissions.apply(name, false);
  }

  void symlink(Path name, Path target) throws IOException {
    Files.createSymbolicLink(name, target);
  }

  /** Replaces {@code to} in one step. */
  void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncParent(to);
  }

  void deleteTree(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> entries;
      try (Stream<Path> listed = Files.list(path)) {
        entries = listed.toList();
      }
      for (Path entry : entries) {
        deleteTree(entry);
      }
    }
    Files.deleteIfExists(path);
  }

  void force(FileChannel channel) throws IOException {
    channel.force(true);
  }

  /** A name is only safe when its folder is. */
  void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      force(channel);
    }
  }

  private void syncParent(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) { // the root of a file system is in no folder
      sync(parent);
    }
  }
}
