package dev.countersign.server.cleaning;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** One kind of thing that is removed. */
interface Chore {

  /** In words, as metrics and the log name it. */
  String what();

  /**
   * Removes some, in the transaction of its caller.
   *
   * @param now a time that is not too late
   * @param most at a time
   */
  Batch remove(Handle handle, Instant now, int most);

  /**
   * What was removed.
   *
   * @param more whether there may be more to remove at once
   */
  record Batch(int removed, boolean more) {}
}
