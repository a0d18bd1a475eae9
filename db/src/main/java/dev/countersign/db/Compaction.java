package dev.countersign.db;

import org.h2.mvstore.MVStore;

/**
 * Keeps the embedded database's file in proportion to what is in it. Every group of writes makes a
 * chunk, of which all but a few pages are soon superseded; a chunk's room is free only when none of
 * its pages is needed any more. So the last few are written again from time to time, into the chunk
 * of the next group. H2 would do this in the background, but not while it writes at once.
 *
 * <p>Belongs to the committing thread, between groups. What one call rewrites is bounded, so that
 * nobody waits for more than some milliseconds.
 */
final class Compaction {

  /** Percent of the chunks' bytes that are needed: below it the file is compacted while in use. */
  private static final int ENOUGH = 50;

  /** The same for a database that is left in peace, or being closed. */
  private static final int ENOUGH_AT_REST = 80;

  private static final int GROUPS_BETWEEN = 8;

  /** Large groups make large chunks. */
  private static final int WRITES_BETWEEN = 64;

  /** Looking at all chunks must not take more than one part in so many of the time. */
  private static final int LOOKING_SHARE = 20;

  /** Room that was given up is counted as given up only some commits later. */
  private static final int TRIES = 5;

  private static final int SMALL = 32 * 1024;
  private static final int LARGE = 256 * 1024;

  private final MVStore store;
  private int groups;
  private int writes;
  private long notBefore = System.nanoTime();
  private boolean restless;
  private int best;
  private int tries;

  Compaction(MVStore store) {
    this.store = store;
  }

  /** After a group of so many: marks some pages to be written again with the next one. */
  void afterGroup(int size) {
    restless = true;
    best = 0;
    groups++;
    writes += size;
    long now = System.nanoTime();
    if ((groups < GROUPS_BETWEEN && writes < WRITES_BETWEEN) || now - notBefore < 0) {
      return;
    }
    groups = 0;
    writes = 0;
    int needed = needed();
    long looked = System.nanoTime();
    notBefore = looked + LOOKING_SHARE * (looked - now);
    if (needed < ENOUGH) {
      store.compact(ENOUGH, (ENOUGH - needed) * SMALL / 8 + SMALL);
    }
  }

  /** Whether there was a group since {@link #atRest} last found nothing more to do. */
  boolean isDue() {
    return restless;
  }

  /**
   * Marks more of them, and commits; to be flushed by the caller.
   *
   * @return false when nothing was done
   */
  boolean atRest() {
    int needed = needed();
    tries = needed > best ? 0 : tries + 1;
    best = Math.max(best, needed);
    restless = needed < ENOUGH_AT_REST && tries < TRIES && store.compact(ENOUGH_AT_REST, LARGE);
    if (restless) {
      store.commit();
    }
    return restless;
  }

  private int needed() {
    return store.getFileStore().getChunksFillRate();
  }
}
