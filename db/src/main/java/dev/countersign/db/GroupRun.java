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
    COLLIDED,
    LINK_LOST,
    UNKNOWN,
    HALTED
  }

  private final WritingLink link;
  private final Witness witness;
  private final Dialect dialect;
  private final Settling settling;
  private final FatalHandler halting;
  private @Nullable SQLException lastFault;

  /**
   * @param halting when nobody knows what would be committed
   */
  GroupRun(
      WritingLink link,
      Witness witness,
      Dialect dialect,
      Settling settling,
      FatalHandler halting) {
    this.link = link;
    this.witness = witness;
    this.dialect = dialect;
    this.settling = settling;
    this.halting = halting;
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
    boolean anyDone = false;
    try {
      Handle handle = link.handle();
      Connection connection = handle.getConnection();
      LastWrites last = LastWrites.of(handle);
      last.forget(); // of an attempt that was undone
      Deque<Work> works = new ArrayDeque<>(UnitSet.arranged(group));
      while (!works.isEmpty()) {
        Work work = works.remove();
        Savepoint before = apart ? connection.setSavepoint() : null;
        Throwable thrown = null;
        try {
          anyDone |= work.run(handle);
          if (apart || works.isEmpty()) {
            last.write(handle);
          }
        } catch (VirtualMachineError e) {
          throw e;
        } catch (Throwable t) {
          thrown = t;
        }
        if (thrown == null) {
          if (before != null) {
            connection.releaseSavepoint(before);
          }
        } else if (SqlFaults.isCollision(thrown)) {
          return undone(Attempt.COLLIDED);
        } else if (dialect == Dialect.H2 && SqlFaults.isFatalOfH2(thrown)) {
          return halt("The embedded database failed; nobody was answered.", thrown);
        } else if (SqlFaults.isLostLink(thrown)) {
          lastFault = SqlFaults.in(thrown).orElse(null);
          link.close();
          return Attempt.LINK_LOST;
        } else if (before == null && SqlFaults.isLocked(thrown)) {
          return undone(Attempt.LOCKED);
        } else if (before == null) {
          work.failed(thrown);
          return undone(Attempt.ONE_FAILED);
        } else {
          connection.rollback(before);
          last.forget();
          if (work.parts().size() > 1) {
            works.addAll(work.parts());
          } else {
            work.failed(
                SqlFaults.isLocked(thrown) ? DatabaseBusyException.locked(thrown) : thrown);
          }
          if (SqlFaults.isLocked(thrown)) {
            link.hardlyWaitForLocks(); // the rest may be many who need the same row
          }
        }
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
    if (dialect == Dialect.H2) {
      settling.begin();
      try {
        long number = witness.count(link.handle().getConnection());
        link.commit();
        link.flush();
        witness.acknowledge(number);
      } catch (SQLException | IOException e) {
        return halt("The embedded database could not be flushed; nobody was answered.", e);
      }
      settling.end();
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
