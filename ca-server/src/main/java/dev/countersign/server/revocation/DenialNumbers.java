package dev.countersign.server.revocation;

import dev.countersign.server.identity.IdentityStore;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/**
 * The numbers of one transaction's denials. Making it takes the guard, so that transactions commit
 * one after the other and their numbers grow; {@link #finish} gives the numbers back to the guard.
 *
 * <p>They begin with the time, in milliseconds, as those of lists do: what comes after a database
 * was restored, or lost its last commits, has numbers that nobody knows yet, and so reaches those
 * who know more than this database does.
 */
public final class DenialNumbers {
  private final Handle handle;
  private final Instant now;
  private final long before;
  private long last;
  private long given;

  DenialNumbers(Handle handle, Instant now) {
    this.handle = handle;
    this.now = now;
    this.before = IdentityStore.lockGuard(handle);
    this.last = before;
  }

  /**
   * From now on this database has the newest number that anybody knows, though it has lost denials:
   * those who follow are not behind it, nor ahead of it.
   */
  public static void renew(Handle handle, Instant now) {
    DenialNumbers numbers = new DenialNumbers(handle, now);
    RevocationStore.advance(handle, numbers.before, Math.max(numbers.before, now.toEpochMilli()));
  }

  long next() {
    last = given == 0 ? Math.max(before + 1, now.toEpochMilli()) : last + 1;
    given++;
    return last;
  }

  /** The number of the newest denial, this transaction's included. */
  long last() {
    return last;
  }

  void finish() {
    if (given > 0) {
      RevocationStore.advance(handle, before, last);
      RevocationStore.count(handle, given);
    }
  }
}
