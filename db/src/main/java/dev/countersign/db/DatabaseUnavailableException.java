package dev.countersign.db;

import org.jspecify.annotations.Nullable;

/**
 * The database did not answer. A write that was not begun or was undone may be asked for again as
 * if nothing had been; of one whose commit was not answered nobody knows: see {@link
 * #isOutcomeUnknown}.
 */
public final class DatabaseUnavailableException extends DatabaseException {

  private static final long serialVersionUID = 1;

  private final boolean outcomeUnknown;

  DatabaseUnavailableException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private DatabaseUnavailableException(
      String message, @Nullable Throwable cause, boolean outcomeUnknown) {
    super(message, cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  /** Of a commit without an answer. */
  static DatabaseUnavailableException atCommit(@Nullable Throwable cause) {
    return new DatabaseUnavailableException(
        "The database did not say whether it has written this; ask again with the same key.",
        cause,
        true);
  }

  /** Whether the write may have happened all the same; else it has not. */
  public boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }
}
