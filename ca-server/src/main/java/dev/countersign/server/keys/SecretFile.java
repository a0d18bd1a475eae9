package dev.countersign.server.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files that only their owner may read: made so from the first byte, and refused when they are not.
 */
final class SecretFile {
  private SecretFile() {}

  /** Written whole, flushed, then given its name; an existing file is never replaced. */
  static void create(Path file, String content) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(unfinished); // what a process that was killed left behind
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      giveName(unfinished, file);
    } catch (FileAlreadyExistsException e) {
      throw new KeyFileException(
          file + " is there already and is not overwritten: move it away first.", e);
    } catch (IOException e) {
      throw new KeyFileException("Cannot write " + file + ": " + reason(e) + ".", e);
    }
  }

  private static void giveName(Path unfinished, Path file) throws IOException {
    try {
      Files.createLink(file, unfinished); // unlike a rename it fails when the name is taken
      Files.delete(unfinished);
    } catch (FileAlreadyExistsException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.move(unfinished, file); // a file system without hard links, as on a memory stick
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true); // the name survives a power cut too
      } catch (IOException e) {
        // not every file system lets a folder be flushed; the file itself has been
      }
    }
  }

  static void refuseWhenOthersMayRead(Path file) {
    try {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      if (view == null) {
        return; // not a POSIX file system: nothing to look at
      }
      Set<PosixFilePermission> permissions = view.readAttributes().permissions();
      if (permissions.contains(PosixFilePermission.OTHERS_READ)
          || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new KeyFileException(
            file
                + " may be read or written by every user of this machine ("
                + PosixFilePermissions.toString(permissions)
                + "): take it as known to others, or run chmod 600 on it if it is not.");
      }
    } catch (IOException e) {
      throw new KeyFileException("Cannot read " + file + ": " + reason(e) + ".", e);
    }
  }

  /** The sentence that {@code IOException} often lacks. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return String.valueOf(file.getReason());
    }
    return String.valueOf(e.getMessage());
  }
}
