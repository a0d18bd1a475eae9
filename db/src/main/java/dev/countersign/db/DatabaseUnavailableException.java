package dev.countersign.db;

import org.jspecify.annotations.Nullable;

/**
 * The database did not answer. Of a write it is not known then whether it happened: the same write
 * must be asked for again, and every write of this program bears that.
 */
public final class DatabaseUnavailableException extends DatabaseException {

  private static final long serialVersionUID = 1;

  DatabaseUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
