package dev.countersign.db;

/** Too many writes are waiting already; nothing was written, and asking again later is right. */
public final class DatabaseBusyException extends DatabaseException {

  private static final long serialVersionUID = 1;

  DatabaseBusyException(int waiting) {
    super(waiting + " writes are waiting for the database; try again in a moment.", null);
  }
}
