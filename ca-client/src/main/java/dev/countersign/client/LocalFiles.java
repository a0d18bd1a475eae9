package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/** What the file system's exceptions mean to a person. */
public final class LocalFiles {
  private LocalFiles() {}

  /** {@code doing} completes "Could not …", such as "read the credential". */
  public static ClientException failure(String doing, Path path, IOException e) {
    Path at =
        e instanceof FileSystemException f && f.getFile() != null ? Path.of(f.getFile()) : path;
    return new ClientException(Kind.LOCAL_FILES, "Could not " + doing + ": " + reason(at, e), e);
  }

  private static String reason(Path path, IOException e) {
    String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("no space left") || text.contains("quota")) {
      return "the disk that holds "
          + path
          + " is full. Nothing that was there before is lost: make room and run the command again.";
    }
    if (text.contains("read-only file system")) {
      return path
          + " is on a read-only file system. Choose another folder with --dir, or mount it"
          + " writable.";
    }
    if (e instanceof AccessDeniedException || text.contains("operation not permitted")) {
      return "this user may not touch "
          + path
          + ". Run as the folder's owner, or choose another one with --dir.";
    }
    if (e instanceof NoSuchFileException) {
      return path + " does not exist. Check the path.";
    }
    if (e instanceof NotDirectoryException || text.contains("not a directory")) {
      return path + " is not a folder. Choose another one with --dir.";
    }
    if (e instanceof FileAlreadyExistsException) {
      return path + " is in the way. Move it aside, or choose another folder with --dir.";
    }
    if (e instanceof FilePermissions.UnknownGroupException unknown) {
      return "there is no group \""
          + unknown.group
          + "\" on this machine. Create it, or give another with --group.";
    }
    if (text.contains("is a directory")) {
      return path + " is a folder, not a file. Check the path.";
    }
    return path
        + ": "
        + Printable.line(String.valueOf(e.getMessage()))
        + ". See the file's folder and its disk.";
  }
}
