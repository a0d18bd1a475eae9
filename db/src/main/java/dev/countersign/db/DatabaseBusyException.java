package dev.countersign.db;

import org.jspecify.annotations.Nullable;

/**
 * Too many writes are waiting already, or others keep the rows that this one needs; nothing was
 * written, and asking again later is right.
 */
public final class DatabaseBusyException extends DatabaseException {

  private static final long serialVersionUID = 1;

  DatabaseBusyException(int waiting) {
    this(waiting + " writes are waiting for the database; try again in a moment.", null);
  }

  private DatabaseBusyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static DatabaseBusyException locked(@Nullable Throwable cause) {
    return new DatabaseBusyException(
        "Other servers are busy with the same rows, and nothing was written; try again in a"
            + " moment.",
        cause);
  }
}
