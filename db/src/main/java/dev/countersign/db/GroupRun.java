package dev.countersign.db;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Runs a group in one transaction, once. Belongs to the committing thread. */
final class GroupRun {

  enum Attempt {
    DONE,
    ONE_FAILED,
    /** Not said of one that is run apart: it fails alone. */
    LOCKED,
    /** What all left for the end: of whom it was is not known. */
    LAST_FAILED,
    COLLIDED,
    LINK_LOST,
    UNKNOWN,
    HALTED
  }

  private final WritingLink link;
  private final Dialect dialect;
  private final FatalHandler halting;
  private @Nullable Journaling journaling;
  private @Nullable SQLException lastFault;
  private boolean anyDone; // in this attempt

  /**
   * @param halting when nobody knows what would be committed
   */
  GroupRun(WritingLink link, Dialect dialect, FatalHandler halting) {
    this.link = link;
    this.dialect = dialect;
    this.halting = halting;
  }

  /** Before the first attempt, for the embedded database. */
  void journaling(Journaling with) {
    journaling = with;
  }

  /** Why the link was lost, or a commit had no answer, the last time. */
  @Nullable SQLException lastFault() {
    return lastFault;
  }

  /**
   * Runs all, and commits.
   *
   * @param apart with a savepoint before each, so that what fails fails alone
   */
  Attempt attempt(List<Pending<?>> group, boolean apart) {
    try {
      Handle handle = link.handle();
      LastWrites last = LastWrites.of(handle);
      last.forget(); // of an attempt that was undone
      anyDone = false;
      Attempt ended = run(handle, last, new ArrayDeque<>(UnitSet.arranged(group)), apart);
      if (ended == null && anyDone) {
        ended = writeLast(handle, last, group);
      }
      if (ended != null) {
        return ended;
      }
    } catch (SQLException e) { // of connecting or of a savepoint: nothing is committed
      lastFault = e;
      link.close();
      return dialect == Dialect.H2
          ? halt("The embedded database failed; nobody was answered.", e)
          : Attempt.LINK_LOST;
    }
    return anyDone ? finish() : undone(Attempt.DONE);
  }

  /** How the attempt ended, when before the commit. */
  private @Nullable Attempt run(Handle handle, LastWrites last, Deque<Work> works, boolean apart)
      throws SQLException {
    Connection connection = handle.getConnection();
    boolean hurried = false;
    while (!works.isEmpty()) {
      Work work = works.remove();
      Savepoint before = apart ? connection.setSavepoint() : null;
      Throwable thrown = thrownBy(() -> anyDone |= work.run(handle));
      if (thrown == null) {
        last.keep();
        if (before != null) {
          connection.releaseSavepoint(before);
        }
        continue;
      }
      Attempt ended = endedBy(thrown);
      if (ended != null) {
        return ended;
      }
      boolean locked = SqlFaults.isLocked(thrown);
      if (before == null) {
        work.failed(thrown);
        return undone(locked ? Attempt.LOCKED : Attempt.ONE_FAILED);
      }
      connection.rollback(before);
      last.drop();
      if (work.parts().size() > 1) {
        works.addAll(work.parts());
      } else {
        work.failed(locked ? DatabaseBusyException.locked(thrown) : thrown);
      }
      if (locked) {
        link.hardlyWaitForLocks(); // the rest may be many who need the same row
        hurried = true;
      }
    }
    if (hurried) {
      link.waitForLocksAgain();
    }
    return null;
  }

  /** Once, also for those that were run apart: after it nobody waits for anything. */
  private @Nullable Attempt writeLast(Handle handle, LastWrites last, List<Pending<?>> group) {
    Throwable thrown = thrownBy(() -> last.write(handle));
    if (thrown == null) {
      return null;
    }
    Attempt ended = endedBy(thrown);
    if (ended != null) {
      return ended;
    }
    if (SqlFaults.isLocked(thrown)) {
      return undone(Attempt.LOCKED);
    }
    group.forEach(one -> one.failed(thrown));
    return undone(Attempt.LAST_FAILED);
  }

  private static @Nullable Throwable thrownBy(Runnable step) {
    try {
      step.run();
      return null;
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable t) {
      return t;
    }
  }

  /** Null when what was thrown says nothing of the transaction. */
  private @Nullable Attempt endedBy(Throwable thrown) {
    if (SqlFaults.isCollision(thrown)) {
      return undone(Attempt.COLLIDED);
    }
    if (dialect == Dialect.H2 && SqlFaults.isFatalOfH2(thrown)) {
      return halt("The embedded database failed; nobody was answered.", thrown);
    }
    if (SqlFaults.isLostLink(thrown)) {
      lastFault = SqlFaults.in(thrown).orElse(null);
      link.close();
      return Attempt.LINK_LOST;
    }
    return null;
  }

  private Attempt undone(Attempt then) {
    if (link.rollback()) {
      return then;
    }
    return dialect == Dialect.H2
        ? halt(
            "The embedded database failed; nobody was answered.",
            new SQLException("rollback failed"))
        : then == Attempt.DONE ? then : Attempt.LINK_LOST;
  }

  private Attempt finish() {
    Journaling with = journaling;
    if (with != null) {
      try {
        with.commit(link);
      } catch (SQLException | IOException e) {
        return halt("The embedded database could not be flushed; nobody was answered.", e);
      }
      return Attempt.DONE;
    }
    try {
      link.commit();
      return Attempt.DONE;
    } catch (SQLException e) {
      lastFault = e;
      if (SqlFaults.isCollision(e)) {
        return undone(Attempt.COLLIDED);
      }
      link.close();
      return Attempt.UNKNOWN;
    }
  }

  private Attempt halt(String reason, Throwable cause) {
    halting.halt(reason, cause);
    return Attempt.HALTED;
  }
}
