package dev.countersign.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The open database: reads from a pool of connections that cannot write, writes through one
 * connection in groups. The same on both engines; see {@link GroupCommit} for what a write costs.
 */
public final class Database implements AutoCloseable {

  static final int READERS = 10;
  // A little less than we wait (Engine.READ), so that nothing goes on for nobody
  static final String READ_LIMIT = "set statement_timeout = '4500ms'";

  private final Dialect dialect;
  private final Engine engine;
  private final HikariDataSource pool;
  private final Jdbi reading;
  private final Breakage breakage = new Breakage();
  private final Reach reach;
  private final FatalHandler fatal;
  private final GroupCommit commits;
  private final Witness witness;
  private final Answering answering = new Answering();
  private final @Nullable Journaling journaling; // null when the database is not embedded

  private Database(Engine engine, DataSource writer, FatalHandler fatal, Witness witness) {
    this.dialect = engine.dialect();
    this.engine = engine;
    this.fatal = fatal;
    this.witness = witness;
    this.reach = new Reach(engine::isAnswering);
    WritingLink link = new WritingLink(writer, dialect);
    this.commits = new GroupCommit(link, dialect, fatal, breakage, answering, reach);
    try {
      // before the pool: H2's settings are those of the first connection
      Connection connection = link.handle().getConnection();
      this.journaling = dialect == Dialect.H2 ? journaling(connection, engine) : null;
    } catch (Exception e) {
      link.close();
      throw engine.explain(e);
    }
    try {
      this.pool = pool(engine);
    } catch (Exception e) {
      if (journaling != null) {
        journaling.close();
      }
      link.close();
      throw engine.explain(e);
    }
    this.reading = Instants.registeredIn(Jdbi.create(pool));
    commits.start();
  }

  private Journaling journaling(Connection connection, Engine engine)
      throws SQLException, IOException {
    Journaling begun = Journaling.begin(connection, engine, witness, commits::halt, breakage);
    commits.journaling(begun);
    begun.start();
    return begun;
  }

  private static HikariDataSource pool(Engine engine) throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setPoolName("countersign-read");
    config.setDataSource(engine.reader());
    config.setReadOnly(true); // PostgreSQL keeps to it; for H2 the reader's rights do
    config.setMaximumPoolSize(READERS);
    if (engine.dialect() == Dialect.H2) {
      config.setMinimumIdle(READERS);
      config.setConnectionTimeout(5_000);
      config.setMaxLifetime(0);
    } else {
      // None of its own accord: it would try ever less often while the database is away
      config.setMinimumIdle(0);
      config.setConnectionTimeout(4_000);
      config.setValidationTimeout(2_000);
      config.setConnectionInitSql(READ_LIMIT);
    }
    HikariDataSource pool = new HikariDataSource(config);
    if (engine.dialect() == Dialect.H2) {
      try {
        connectAll(pool);
      } catch (SQLException e) {
        pool.close();
        throw e;
      }
    }
    return pool;
  }

  /**
   * All readers now. The pool would connect them one after the other meanwhile, and whoever closed
   * the database at once would interrupt it at that, which closes H2's file; or the last of them
   * would open the database anew, without our settings.
   */
  private static void connectAll(HikariDataSource pool) throws SQLException {
    List<Connection> connected = new ArrayList<>();
    try {
      while (connected.size() < READERS) {
        connected.add(pool.getConnection());
      }
    } finally {
      for (Connection connection : connected) {
        connection.close();
      }
    }
  }

  /**
   * Makes the schema in a database that has none, and opens it.
   *
   * @throws DatabaseException.AlreadyExists when there is one; nothing is changed then
   * @throws DatabaseException with one sentence for the operator
   */
  public static Database create(DatabaseSettings settings, FatalHandler fatal) {
    return create(settings, fatal, UnaryOperator.identity());
  }

  static Database create(
      DatabaseSettings settings, FatalHandler fatal, UnaryOperator<DataSource> writer) {
    Engine engine = Engine.of(settings);
    Witness witness = Witness.of(engine);
    return opened(() -> Schema.create(engine, witness), engine, writer, fatal, witness);
  }

  /**
   * Opens what {@link #create} made, migrating it when this release has a newer schema. Never
   * creates: an embedded database that comes up empty after a power cut must not look like a new
   * one.
   *
   * @throws DatabaseException with one sentence for the operator
   */
  public static Database open(DatabaseSettings settings, FatalHandler fatal) {
    return open(settings, fatal, UnaryOperator.identity());
  }

  static Database open(
      DatabaseSettings settings, FatalHandler fatal, UnaryOperator<DataSource> writer) {
    return open(Engine.of(settings), fatal, writer);
  }

  static Database open(Engine engine, FatalHandler fatal, UnaryOperator<DataSource> writer) {
    Witness witness = Witness.of(engine);
    return opened(() -> Schema.migrate(engine, witness), engine, writer, fatal, witness);
  }

  private static Database opened(
      Runnable schema,
      Engine engine,
      UnaryOperator<DataSource> writer,
      FatalHandler fatal,
      Witness witness) {
    try {
      schema.run();
      return new Database(engine, writer.apply(engine.writer()), fatal, witness);
    } catch (RuntimeException | Error e) {
      witness.close();
      throw e;
    }
  }

  /**
   * Takes an embedded database as the newest that there is, though it is older than what was
   * confirmed, or that is not known: whatever was revoked, used up or issued since is forgotten.
   * Does nothing to one that is not behind.
   *
   * @param record writes that this was done, before it is: if it throws, nothing is accepted
   * @return what is lost; empty when nothing was, and nothing was done
   */
  public static Optional<Loss> acceptOlder(
      DatabaseSettings settings, FatalHandler fatal, BiConsumer<Database, Loss> record) {
    Engine engine = Engine.of(settings);
    if (engine.dialect() != Dialect.H2) {
      return Optional.empty();
    }
    Witness witness = Witness.accepting(engine);
    try (Database database =
        opened(
            () -> Schema.migrate(engine, witness),
            engine,
            UnaryOperator.identity(),
            fatal,
            witness)) {
      Witness.Finding finding = witness.finding();
      if (finding.isNewest()) {
        return Optional.empty();
      }
      Loss loss = new Loss(finding.found(), finding.confirmed());
      record.accept(database, loss);
      witness.accept();
      return Optional.of(loss);
    } catch (IOException e) {
      throw engine.explain(e);
    }
  }

  /**
   * What an older database has forgotten, in groups of writes.
   *
   * @param confirmed empty when that is not known
   */
  public record Loss(long found, OptionalLong confirmed) {}

  public Dialect dialect() {
    return dialect;
  }

  /**
   * Reads, on a connection that cannot write.
   *
   * <p>What can be read is on the disk. What is damaged in the file of an embedded database is not
   * read, but ends the process. H2 closes its file when a thread is interrupted in the middle of
   * reading it: interrupt no thread that may be in here.
   *
   * @throws DatabaseUnavailableException when it cannot be reached, or not to the end; at once, if
   *     others have waited for it in vain
   */
  public <T> T read(Function<Handle, T> reader) {
    // A pending interrupt would close the embedded database's file for everyone; keep it for later.
    boolean interrupted = dialect == Dialect.H2 && Thread.interrupted();
    try {
      return read(reader, true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * @param again over another connection when this one was lost: nothing was changed over it
   */
  private <T> T read(Function<Handle, T> reader, boolean again) {
    reach.failIfAway();
    int since = reach.returns();
    try {
      return reading.withHandle(reader::apply);
    } catch (ConnectionException e) {
      haltIfUnreadable(e);
      notice(e, since);
      throw new DatabaseUnavailableException("The database cannot be reached.", e);
    } catch (RuntimeException e) {
      haltIfUnreadable(e);
      if (SqlFaults.isLostLink(e)) {
        notice(e, since);
        if (again && !SqlFaults.isSilence(e)) {
          pool.getHikariPoolMXBean().softEvictConnections(); // most likely lost with it
          return read(reader, false);
        }
        throw new DatabaseUnavailableException("The database went away in the middle.", e);
      }
      if (SqlFaults.isTooSlow(e)) {
        throw new DatabaseUnavailableException("The database took too long.", e);
      }
      throw e;
    }
  }

  private void notice(RuntimeException thrown, int since) {
    if (dialect == Dialect.H2) {
      return; // is in this process: its pool was busy
    }
    if (SqlFaults.isSilence(thrown)) {
      pool.getHikariPoolMXBean().softEvictConnections();
      reach.silent(since);
    } else {
      reach.suspect();
    }
  }

  private void haltIfUnreadable(RuntimeException thrown) {
    if (dialect == Dialect.H2 && SqlFaults.isUnreadable(thrown)) {
      breakage.broken();
      fatal.halt("The embedded database could not be read.", thrown);
      throw new DatabaseUnavailableException(
          "The database could not be read; the server is halting.", thrown);
    }
  }

  /** For one who asks again and again, and must soon know what hangs; to be closed. */
  public ReadingLine line() {
    return new ReadingLine(this, engine, reach);
  }

  /**
   * Writes in a group with others.
   *
   * @return completes when the write is on the disk, or exceptionally: with what the unit threw
   *     (nothing was written), {@link DatabaseBusyException} (nothing was written), or {@link
   *     DatabaseUnavailableException} (nothing was written, unless it says that nobody knows).
   *     Never completes when the process has to halt.
   */
  public <T> CompletableFuture<T> write(WriteUnit<T> unit) {
    return submit(new Pending<>(unit, false));
  }

  /**
   * {@link #write(WriteUnit)}, in one set with all who write by the same writer and wait for the
   * same commit.
   *
   * @param writer the same object each time
   */
  public <U, T> CompletableFuture<T> write(SetWriter<U, T> writer, U unit) {
    return submit(new UnitSet.Member<>(writer, unit));
  }

  /** {@link #write(WriteUnit)}, waiting for it; throws what the future would have carried. */
  public <T> T writeAndWait(WriteUnit<T> unit) {
    CompletableFuture<T> future = submit(new Pending<>(unit, true));
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  private <T> CompletableFuture<T> submit(Pending<T> pending) {
    try {
      commits.submit(pending);
      return pending.future();
    } catch (DatabaseException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * For readiness: one round trip, and whether writing is still possible.
   *
   * @throws DatabaseException when not
   */
  public void ping() {
    breakage.failIfBroken();
    commits.failIfAway();
    read(handle -> handle.createQuery("select 1").mapTo(Integer.class).one());
  }

  /** Finishes the writes that were accepted, then lets go. */
  @Override
  public void close() {
    reach.close();
    commits.close();
    if (journaling != null) {
      journaling.close();
    }
    boolean interrupted = false;
    try {
      answering.close();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    pool.close();
    witness.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
