package dev.countersign.db;

/**
 * Whether something has failed after which it is not known what is on the disk: then nobody is
 * answered any more, and the process is about to end.
 */
final class Breakage {

  private volatile boolean broken;

  void broken() {
    broken = true;
  }

  boolean isBroken() {
    return broken;
  }

  void failIfBroken() {
    if (broken) {
      throw new DatabaseUnavailableException(
          "A flush of the database has failed; the server is halting.", null);
    }
  }
}
