package dev.countersign.db;

import dev.countersign.db.journal.Journal;
import dev.countersign.db.sealed.BlockCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The database to be looked at from one end to the other, through one connection and in one
 * transaction, which sees nothing of what is written meanwhile. Nothing is migrated, compacted or
 * written: what is in the journal of an embedded database only is put back in memory.
 */
public final class InspectedDatabase implements AutoCloseable {

  private final Engine engine;
  private final Connection connection;
  private final Optional<BlockCheck> blocks;
  private final List<BlockCheck.Chunk> chunks; // as they are in the file, without the journal
  private final Handle handle; // never closed: it would complain of the transaction

  private InspectedDatabase(
      Engine engine,
      Connection connection,
      Optional<BlockCheck> blocks,
      List<BlockCheck.Chunk> chunks) {
    this.chunks = chunks;
    this.engine = engine;
    this.connection = connection;
    this.blocks = blocks;
    this.handle = Instants.registeredIn(Jdbi.create(connection)).open();
  }

  /**
   * Opens what is there. An embedded database must not be served meanwhile.
   *
   * @throws DatabaseException with one sentence for the operator
   */
  public static InspectedDatabase open(DatabaseSettings settings) {
    Engine engine = Engine.of(settings);
    if (engine.embeddedFile().filter(file -> !Files.exists(file)).isPresent()) {
      throw engine.absent(null);
    }
    boolean embedded = engine.dialect() == Dialect.H2;
    Optional<BlockCheck> blocks = Optional.empty();
    @Nullable Connection connection = null;
    try {
      if (engine.embeddedFile().isPresent()) {
        blocks = Optional.of(BlockCheck.of(engine.embeddedFile().get()));
      }
      connection = engine.inspector().getConnection();
      Schema.mustBeOfThisRelease(connection, engine);
      List<BlockCheck.Chunk> chunks =
          embedded ? EmbeddedStore.under(connection).chunks() : List.of();
      if (embedded && Journal.isBeside(engine.embeddedFile().get())) {
        connection.close();
        connection = engine.scratch().getConnection();
      }
      attend(connection, engine);
      connection.setAutoCommit(false);
      if (!embedded) {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      }
      return new InspectedDatabase(engine, connection, blocks, chunks);
    } catch (SQLException | IOException | RuntimeException e) {
      close(connection, blocks);
      throw engine.explain(e);
    }
  }

  private static void attend(Connection connection, Engine engine) throws SQLException {
    try (Witness witness = Witness.of(engine)) {
      witness.attend(connection, Replay.into(connection, engine, false).end());
    }
  }

  public Dialect dialect() {
    return engine.dialect();
  }

  /**
   * Reads all of an embedded database's file that is in use against its checksums. If there is
   * damage, nothing else can be read.
   *
   * @param progress is told how many blocks of 4 KiB were read
   */
  public Optional<BlockCheck.Report> readBlocks(LongConsumer progress) {
    if (blocks.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(blocks.get().read(chunks, progress));
    } catch (IOException e) {
      throw engine.explain(e);
    }
  }

  /** The same of a file that cannot be opened: also of what in it is not in use. */
  public static Optional<BlockCheck.Report> readAllBlocks(
      DatabaseSettings settings, LongConsumer progress) {
    Engine engine = Engine.of(settings);
    if (engine.embeddedFile().isEmpty()) {
      return Optional.empty();
    }
    try (BlockCheck blocks = BlockCheck.of(engine.embeddedFile().get())) {
      return Optional.of(blocks.readAll(progress));
    } catch (IOException e) {
      throw engine.explain(e);
    }
  }

  /** Whether PostgreSQL reads its pages against checksums; empty for the embedded database. */
  public Optional<Boolean> hasPageChecksums() {
    if (engine.dialect() == Dialect.H2) {
      return Optional.empty();
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show data_checksums")) {
      return Optional.of(row.next() && "on".equals(row.getString(1)));
    } catch (SQLException e) {
      throw engine.explain(e);
    }
  }

  /** Always on the same connection, and in the same transaction. */
  public <T> T read(Function<Handle, T> reader) {
    try {
      return reader.apply(handle);
    } catch (RuntimeException e) {
      throw SqlFaults.in(e).isPresent() ? engine.explain(e) : e;
    }
  }

  @Override
  public void close() {
    close(connection, blocks);
  }

  private static void close(@Nullable Connection connection, Optional<BlockCheck> blocks) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // It was only read
    }
    try {
      if (blocks.isPresent()) {
        blocks.get().close();
      }
    } catch (IOException e) {
      // The same
    }
  }
}
