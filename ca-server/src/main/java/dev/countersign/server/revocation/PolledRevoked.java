package dev.countersign.server.revocation;

import dev.countersign.db.Database;
import dev.countersign.db.ReadingLine;
import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Over a connection of its own, and so that its owner sees which question waits for its answer. */
public final class PolledRevoked extends Revoked implements AutoCloseable {

  private final ReadingLine line;
  private final By by;

  /** Who asks. */
  public interface By {
    /** Is told of each question to the database. */
    void asked();

    /** Or it failed. */
    void answered();

    /**
     * How long to wait for each answer; after one that did not come the connection is a new one.
     */
    Duration patience();
  }

  PolledRevoked(Database database, By by) {
    super(database);
    this.line = database.line();
    this.by = by;
  }

  @Override
  <T> T read(Function<Handle, T> question) {
    by.asked();
    try {
      return line.read(by.patience(), question);
    } finally {
      by.answered();
    }
  }

  @Override
  public void close() {
    line.close();
  }
}
