package dev.countersign.db.testing;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.Dialect;
import dev.countersign.db.FatalHandler;
import dev.countersign.db.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One test's database: its nodes, the faults of their commits, and the halts that were called for.
 */
public final class TestDatabase implements AutoCloseable {

  private final Templates templates;
  private final DatabaseSettings settings;
  private final Dialect dialect;
  private final Faults faults = new Faults();
  private final BlockingQueue<String> halts = new LinkedBlockingQueue<>();
  private final List<Database> nodes = new ArrayList<>();
  private @Nullable Database first;

  TestDatabase(Templates templates, DatabaseSettings settings, Dialect dialect) {
    this.templates = templates;
    this.settings = settings;
    this.dialect = dialect;
  }

  public Dialect dialect() {
    return dialect;
  }

  public DatabaseSettings settings() {
    return settings;
  }

  /** The node that most tests need; opened at the first call. */
  public synchronized Database database() {
    Database open = first;
    if (open == null) {
      open = anotherNode();
      first = open;
    }
    return open;
  }

  /** A second server over the same database; of the embedded one there is none outside tests. */
  public synchronized Database anotherNode() {
    Database node = faults.open(settings, recordingFatal());
    nodes.add(node);
    return node;
  }

  /** One more fresh database on this engine, for tests that go through a list; to be closed. */
  public TestDatabase another() {
    return templates.fresh(dialect);
  }

  /** Closes all nodes, and opens the first again. */
  public synchronized Database reopened() {
    closeNodes();
    return database();
  }

  /** What goes wrong at the next commits of any node. */
  public Faults faults() {
    return faults;
  }

  /** Reasons for which the process would have been halted. */
  public BlockingQueue<String> halts() {
    return halts;
  }

  private FatalHandler recordingFatal() {
    return (reason, cause) -> halts.add(reason);
  }

  private void closeNodes() {
    faults.clear();
    first = null;
    nodes.forEach(Database::close);
    nodes.clear();
  }

  @Override
  public synchronized void close() {
    closeNodes();
  }
}
