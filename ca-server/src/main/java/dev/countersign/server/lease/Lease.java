package dev.countersign.server.lease;

import dev.countersign.db.Database;
import java.time.Duration;

/** One kind of work, as one node sees it. */
public final class Lease {

  /** How long work lies when the node that does it dies. */
  public static final Duration TERM = Duration.ofSeconds(LeaseStore.TERM_SECONDS);

  private final Database database;
  private final String name;
  private final String holder;

  /**
   * @param name of the work
   * @param holder of this start of this node, and of no other
   */
  public Lease(Database database, String name, String holder) {
    this.database = database;
    this.name = name;
    this.holder = holder;
  }

  /**
   * Takes the work for {@link #TERM} from now, also when it was taken here already. Nothing is
   * written where there is no other node.
   *
   * @return false when another node has it
   */
  public boolean take() {
    return isAlone() || database.writeAndWait(handle -> LeaseStore.take(handle, name, holder));
  }

  /** Leaves the work to whoever asks next; does nothing when another node has it. */
  public void release() {
    if (!isAlone()) {
      database.writeAndWait(handle -> LeaseStore.release(handle, name, holder));
    }
  }

  /** An embedded database is open in one process only. */
  private boolean isAlone() {
    return database.dialect().writesOneByOne();
  }
}
