package dev.countersign.db;

import dev.countersign.db.sealed.BlockCheck;
import dev.countersign.db.sealed.SealedPath;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.h2.engine.Database;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVStore;

/** What lies under an open connection of the embedded database, asked beyond SQL. */
final class EmbeddedStore {

  /** org.h2.mvstore.Chunk.getMetaKey: what the entries of chunks begin with. */
  private static final String CHUNK = "chunk.";

  private final Database database;
  private final FileStore<?> file;

  private EmbeddedStore(Database database) {
    this.database = database;
    this.file = database.getStore().getMvStore().getFileStore();
  }

  static EmbeddedStore under(Connection connection) throws SQLException {
    return new EmbeddedStore(session(connection).getDatabase());
  }

  static SessionLocal session(Connection connection) throws SQLException {
    return (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
  }

  Compaction compaction() {
    return new Compaction(store());
  }

  private MVStore store() {
    return database.getStore().getMvStore();
  }

  /**
   * Begins to write all that is committed to the file; what is committed meanwhile is not in it.
   * While no transaction has changed anything, or what is written contains half of it.
   */
  void beginWriting() {
    if (store().tryCommit() < 0 && store().hasUnsavedChanges()) {
      store().commit();
    }
  }

  /** Returns when all that was begun to be written is on the disk. */
  void finishWriting() {
    // H2 writes on threads of its own: without this, what they still have would not be flushed
    store().executeFilestoreOperation(() -> {});
    store().sync();
  }

  /** Returns when all that is committed is in the file, and on the disk. */
  void write() {
    beginWriting();
    finishWriting();
  }

  /** What the database will give to a column that it numbers. */
  long nextNumber(String table, String column) {
    return database
        .getMainSchema()
        .getTableOrView(null, table)
        .getColumn(column)
        .getSequence()
        .getBaseValue();
  }

  /** What of the file is in use; the newest chunk is not always among it. */
  List<BlockCheck.Chunk> chunks() {
    List<BlockCheck.Chunk> chunks = new ArrayList<>();
    store()
        .getLayoutMap()
        .forEach(
            (key, text) -> {
              if (key.startsWith(CHUNK)) {
                Map<String, String> line = DataUtils.parseMap(text);
                chunks.add(
                    new BlockCheck.Chunk(
                        DataUtils.readHexLong(line, "block", 0),
                        (int) DataUtils.readHexLong(line, "len", 0)));
              }
            });
    return chunks;
  }

  /** Whoever opened it first decided: everything that the promise of a commit rests on. */
  void mustWriteAsPromised() {
    Map<String, Boolean> needed = new LinkedHashMap<>();
    needed.put("under seals", file.getFileName().startsWith(SealedPath.SCHEME + ":"));
    needed.put("when it is told to", file.getAutoCommitDelay() == Engine.NEVER);
    needed.put("without rewriting by itself", database.getSettings().autoCompactFillRate == 0);
    needed.put("into free room at once", file.getRetentionTime() == 0);
    needed.put("without moving chunks", database.getSettings().maxCompactTime == 0);
    needed.forEach(
        (what, so) -> {
          if (!so) {
            throw new IllegalStateException("H2 does not write as it must: " + what);
          }
        });
  }
}
