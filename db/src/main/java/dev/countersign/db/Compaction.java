package dev.countersign.db;

import org.h2.mvstore.MVStore;

/**
 * Keeps the embedded database's file in proportion to what is in it. Each writing of it makes a
 * chunk, of which many pages are soon superseded; a chunk's room is free only when none of its
 * pages is needed any more. So the last few are written again with the next chunk. H2 would do this
 * in the background, at times that it chooses.
 *
 * <p>Belongs to the thread that writes the file. What one call rewrites is bounded, and so is the
 * memory for it.
 */
final class Compaction {

  /** Percent of the chunks' bytes that are needed: below it the file is compacted while in use. */
  private static final int ENOUGH = 50;

  /** The same for a database that is left in peace, or being closed. */
  private static final int ENOUGH_AT_REST = 80;

  /** Room that was given up is counted as given up only some commits later. */
  private static final int TRIES = 5;

  private static final int MOST = 8 * 1024 * 1024;

  private final MVStore store;
  private boolean restless = true;
  private int best;
  private int tries;

  Compaction(MVStore store) {
    this.store = store;
  }

  /** The database was written to: there may be more to do. */
  void beginAgain() {
    restless = true;
    best = 0;
    tries = 0;
  }

  /** Marks some pages to be written again. */
  void inUse() {
    store.compact(ENOUGH, MOST);
  }

  /**
   * Marks more of them.
   *
   * @return false when there is nothing more to do, until it is written to again
   */
  boolean atRest() {
    int needed = store.getFileStore().getChunksFillRate();
    tries = needed > best ? 0 : tries + 1;
    best = Math.max(best, needed);
    restless =
        restless && needed < ENOUGH_AT_REST && tries < TRIES && store.compact(ENOUGH_AT_REST, MOST);
    return restless;
  }
}
