package dev.countersign.server.revocation;

import dev.countersign.db.Database;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** What was denied and released, for those who keep it in memory and follow. */
public final class Revoked {

  private final Database database;
  private final Watch watch;

  /** Is told of each question to the database, so that one can see which waits for its answer. */
  public interface Watch {
    void asked();

    /** Or failed. */
    void answered();
  }

  /**
   * A change by more than its number: a database that has lost it gives that to another.
   *
   * @param changedAt by the database's clock
   */
  public record Mark(String issuer, long number, String serial, Instant changedAt) {}

  private enum Nobody implements Watch {
    WATCHES;

    @Override
    public void asked() {}

    @Override
    public void answered() {}
  }

  public Revoked(Database database) {
    this(database, Nobody.WATCHES);
  }

  private Revoked(Database database, Watch watch) {
    this.database = database;
    this.watch = watch;
  }

  /** The same, for one who wants to know how long it takes. */
  public Revoked watched(Watch by) {
    return new Revoked(database, by);
  }

  private <T> T read(Function<Handle, T> question) {
    watch.asked();
    try {
      return database.read(question);
    } finally {
      watch.answered();
    }
  }

  /** The number of the newest change of all; 0 when there is none. */
  public long lastNumber() {
    return read(RevocationStore::lastNumber);
  }

  /** Of the change of this number, of whichever of these authorities' certificates it is. */
  public Optional<Mark> mark(List<String> issuers, long number) {
    return read(
        handle ->
            issuers.stream()
                .flatMap(issuer -> RevocationStore.mark(handle, issuer, number).stream())
                .findFirst());
  }

  /** Whether it is still there. */
  public boolean has(Mark mark) {
    return mark(List.of(mark.issuer()), mark.number()).filter(mark::equals).isPresent();
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
      List<Change> page = read(handle -> RevocationStore.changes(handle, issuer, from, upTo));
      page.forEach(consumer);
      if (page.size() < RevocationStore.PAGE) {
        return;
      }
      last = page.get(page.size() - 1).number();
    }
  }
}
