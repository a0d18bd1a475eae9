package dev.countersign.server.revocation;

import dev.countersign.db.Database;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** What was denied and released, for those who keep it in memory and follow. */
public class Revoked {

  private final Database database;

  /**
   * A change by more than its number: a database that has lost it gives that to another.
   *
   * @param changedAt by the database's clock
   * @param notAfter of the certificate: when that is over, the change may be cleaned away
   */
  public record Mark(
      String issuer, long number, String serial, Instant changedAt, Instant notAfter) {}

  public Revoked(Database database) {
    this.database = database;
  }

  /** The same, for this one, who asks again and again. */
  public PolledRevoked polled(PolledRevoked.By by) {
    return new PolledRevoked(database, by);
  }

  <T> T read(Function<Handle, T> question) {
    return database.read(question);
  }

  /** The number of the newest change of all; 0 when there is none. */
  public long lastNumber() {
    return read(RevocationStore::lastNumber);
  }

  /**
   * After which number the last changes begin, so many of them.
   *
   * @param after a number not to go back behind
   * @param upTo the number of the last one
   */
  public long beginOfLast(long after, long upTo, int most) {
    return read(handle -> RevocationStore.beginOfLast(handle, after, upTo, most));
  }

  /** Of the newest change up to this number. */
  public Optional<Mark> mark(long number) {
    return read(handle -> RevocationStore.mark(handle, number));
  }

  /** Whether it is not there, although nobody can have cleaned it away. */
  public boolean hasLost(Mark mark, Instant now) {
    Optional<Mark> there = mark(mark.number());
    boolean replaced = there.filter(one -> one.number() == mark.number()).isPresent();
    return !there.equals(Optional.of(mark)) && (replaced || !mark.notAfter().isBefore(now));
  }

  /** The number of the newest change of an authority's certificates; 0 when there is none. */
  public long lastNumber(String issuer) {
    return read(handle -> RevocationStore.lastNumber(handle, issuer));
  }

  /**
   * Hands over the changes of an authority's certificates, in their order, one by one and a page at
   * a time: a million of them are never in memory.
   *
   * @param after the number of the last one that the caller knows
   * @param upTo the number of the last one that it wants, one that it has seen
   */
  public void follow(String issuer, long after, long upTo, Consumer<Change> consumer) {
    long last = after;
    while (last < upTo) {
      long from = last;
      List<Change> page =
          read(handle -> RevocationStore.changes(handle, database.dialect(), issuer, from, upTo));
      page.forEach(consumer);
      if (page.size() < RevocationStore.PAGE) {
        return;
      }
      last = page.get(page.size() - 1).number();
    }
  }
}
