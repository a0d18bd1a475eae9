package dev.countersign.server.cleaning;

import org.jdbi.v3.core.Handle;

/** Keeps count, so that what is missing for another reason is found. */
final class RemovedStore {
  private RemovedStore() {}

  static void count(Handle handle, String what, int removed) {
    int rows =
        handle
            .createUpdate("update removed set number = number + :removed where what = :what")
            .bind("removed", removed)
            .bind("what", what)
            .execute();
    if (rows != 1) {
      throw new IllegalStateException("nobody counts the " + what + " that are removed");
    }
  }
}
