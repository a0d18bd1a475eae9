package dev.countersign.db;

/**
 * What readers must know of the commit under way: H2 shows a commit to other connections a moment
 * before it is flushed. Who gives away what was read waits until that moment is over.
 */
final class Settling {

  private long begun;
  private long settled;
  private boolean broken;

  synchronized void begin() {
    begun++;
  }

  synchronized void end() {
    settled = begun;
    notifyAll();
  }

  synchronized void broken() {
    broken = true;
    notifyAll();
  }

  synchronized boolean isBroken() {
    return broken;
  }

  synchronized void failIfBroken() {
    if (broken) {
      throw new DatabaseUnavailableException(
          "A flush of the database has failed; the server is halting.", null);
    }
  }

  /** Returns when everything that was visible at the call is on the disk. */
  synchronized void await() {
    long seen = begun;
    boolean interrupted = false;
    while (settled < seen && !broken) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    failIfBroken();
  }
}
