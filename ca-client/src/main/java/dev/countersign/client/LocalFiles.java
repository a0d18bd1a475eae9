package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;

/** What the file system's exceptions mean to a person. */
public final class LocalFiles {
  private LocalFiles() {}

  /** A plain file, and not a link to another one, a pipe or a device; and no larger than this. */
  static byte[] read(Path file, int mostBytes) throws IOException {
    BasicFileAttributes about =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!about.isRegularFile()) {
      throw new NotPlainException(file.getFileName() + " is not a plain file");
    }
    try (InputStream in =
        Channels.newInputStream(
            Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      byte[] content = in.readNBytes(mostBytes + 1);
      if (content.length > mostBytes) {
        throw new NotPlainException(file.getFileName() + " is larger than " + mostBytes + " bytes");
      }
      return content;
    }
  }

  /** No file that we wrote; the message is the end of a sentence. */
  static final class NotPlainException extends IOException {
    private static final long serialVersionUID = 1L;

    NotPlainException(String reason) {
      super(reason);
    }
  }

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
