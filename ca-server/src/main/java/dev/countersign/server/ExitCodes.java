package dev.countersign.server;

import dev.countersign.db.DatabaseBusyException;
import dev.countersign.db.DatabaseException;
import dev.countersign.db.DatabaseUnavailableException;
import dev.countersign.server.config.ConfigException;
import dev.countersign.server.keys.KeyFileException;
import dev.countersign.server.refusal.Refusal;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** The exit codes of {@code countersignd}; those of {@code countersign} are the same. */
final class ExitCodes {
  static final int DONE = 0;
  static final int OUR_FAULT = 1;
  static final int USAGE = 2;
  static final int REFUSED = 3;
  static final int UNREACHABLE = 6;
  static final int LOCAL_FILES = 7;

  /** Of {@code verify} alone. */
  static final int DAMAGED = 8;

  private ExitCodes() {}

  /** What is said to the operator, and the code. */
  record Explanation(int exitCode, String sentence) {}

  /** Null when the fault is ours and the stack trace is needed. */
  static @Nullable Explanation explain(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (isDiskFull(cause)) {
        return new Explanation(
            LOCAL_FILES,
            "The disk is full: make room, then run the same command again; what was confirmed"
                + " before is not lost.");
      }
    }
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      Explanation explanation = explainOne(cause);
      if (explanation != null) {
        return explanation;
      }
    }
    return null;
  }

  private static @Nullable Explanation explainOne(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof StartFailure failure) {
      return new Explanation(failure.exitCode(), message);
    }
    if (cause instanceof ConfigException || cause instanceof KeyFileException) {
      return new Explanation(LOCAL_FILES, message);
    }
    if (cause instanceof DatabaseException.Unreachable
        || cause instanceof DatabaseUnavailableException
        || cause instanceof DatabaseBusyException) {
      return new Explanation(UNREACHABLE, message);
    }
    if (cause instanceof DatabaseException) {
      return new Explanation(LOCAL_FILES, message);
    }
    if (cause instanceof Refusal refusal) {
      return new Explanation(REFUSED, refusal.detail());
    }
    if (cause instanceof FileSystemException file) {
      return new Explanation(LOCAL_FILES, file.getFile() + " " + reason(file));
    }
    return null;
  }

  private static String reason(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "does not exist: check the path, and if it was to be made, whether its folder is there"
          + " and can be written to.";
    }
    if (e instanceof AccessDeniedException) {
      return "may not be touched by this user: run the command as its owner, or give another path.";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "is in the way: move it aside, or give another path.";
    }
    String why = e.getReason() == null ? "no reason was given" : String.valueOf(e.getReason());
    return why.contains("Read-only")
        ? "is on a read-only file system: mount it writable, or give another path."
        : "cannot be used ("
            + why
            + "): see the folder it is in and the disk, then run the same"
            + " command again.";
  }

  private static boolean isDiskFull(Throwable cause) {
    String message = cause.getMessage();
    return cause instanceof IOException
        && message != null
        && (message.contains("No space left on device") || message.contains("Disk quota exceeded"));
  }
}
