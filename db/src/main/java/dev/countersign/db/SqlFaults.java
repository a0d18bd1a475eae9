package dev.countersign.db;

import dev.countersign.db.sealed.DamagedBlockException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sorts what the drivers throw by what has to be done about it. */
final class SqlFaults {

  /** SQL standard: serialization_failure; PostgreSQL: deadlock_detected. */
  private static final Set<String> COLLISIONS = Set.of("40001", "40P01");

  /** PostgreSQL: lock_not_available. */
  private static final String LOCKED = "55P03";

  private static final String IDLE_IN_TRANSACTION = "25P03";

  /** PostgreSQL: query_canceled. */
  private static final String CANCELED = "57014";

  /**
   * H2 error codes after which its file cannot be relied on: general (a failed write or flush),
   * file I/O, corruption, and "closed", which is how H2 behaves after any of them.
   */
  private static final Set<Integer> H2_FATAL =
      Set.of(50000, 90028, 90029, 90030, 90031, 90098, 90121, 90135);

  /** Those of a file that is there but cannot be read, or not be made sense of. */
  private static final Set<Integer> H2_UNREADABLE = Set.of(90028, 90030);

  private SqlFaults() {}

  static Optional<SQLException> in(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLException e) {
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }

  /** What stands in the file is not what was written there. */
  static Optional<DamagedBlockException> damage(Throwable thrown) {
    return cause(thrown, DamagedBlockException.class);
  }

  static <T extends Throwable> Optional<T> cause(@Nullable Throwable thrown, Class<T> kind) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (kind.isInstance(t)) {
        return Optional.of(kind.cast(t));
      }
    }
    return Optional.empty();
  }

  static boolean isCollision(Throwable thrown) {
    return in(thrown).map(SQLException::getSQLState).filter(COLLISIONS::contains).isPresent();
  }

  /** Others kept a row for longer than we wait. */
  static boolean isLocked(Throwable thrown) {
    return in(thrown).map(SQLException::getSQLState).filter(LOCKED::equals).isPresent();
  }

  static boolean isFatalOfH2(Throwable thrown) {
    return in(thrown).map(SQLException::getErrorCode).filter(H2_FATAL::contains).isPresent();
  }

  static boolean isUnreadable(Throwable thrown) {
    return damage(thrown).isPresent()
        || in(thrown).map(SQLException::getErrorCode).filter(H2_UNREADABLE::contains).isPresent();
  }

  /**
   * Class 08 is the connection; 57P01 to 57P05: the server stops, has crashed, or starts; 25P03: it
   * has ended a transaction in which nothing happened.
   */
  static boolean isLostLink(Throwable thrown) {
    return in(thrown)
        .map(SQLException::getSQLState)
        .filter(
            state ->
                state.startsWith("08")
                    || state.startsWith("57P")
                    || state.equals(IDLE_IN_TRANSACTION))
        .isPresent();
  }

  /** The other end is silent; whoever asks again would wait as long. */
  static boolean isSilence(@Nullable Throwable thrown) {
    return cause(thrown, SocketTimeoutException.class).isPresent();
  }

  /** The server gave a statement up, as it was told to after a while. */
  static boolean isTooSlow(Throwable thrown) {
    return in(thrown).map(SQLException::getSQLState).filter(CANCELED::equals).isPresent();
  }

  /** The operating system does not let this user open the file. */
  static boolean isDenied(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof AccessDeniedException
          || String.valueOf(t.getMessage()).contains("Permission denied")) {
        return true;
      }
    }
    return false;
  }

  static boolean isDiskFull(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
        return true;
      }
      // A batch does not say why in its cause
      if (t instanceof BatchUpdateException batch
          && batch.getNextException() != null
          && isDiskFull(batch.getNextException())) {
        return true;
      }
    }
    return false;
  }
}
