package dev.countersign.db;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.h2.engine.SessionLocal;
import org.h2.message.DbException;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.db.MVTable;
import org.h2.mvstore.db.Store;
import org.h2.mvstore.db.ValueDataType;
import org.h2.mvstore.tx.TransactionMap;
import org.h2.mvstore.tx.TransactionStore.Change;
import org.h2.result.Row;
import org.h2.result.SearchRow;
import org.h2.table.Column;
import org.h2.table.Table;
import org.h2.value.Value;

/**
 * The rows that a transaction of the embedded database has changed, as they are after it: written
 * down before it is committed, and put back into a database that lacks them. Rows, and not the
 * statements that changed them: so nothing depends on how a statement is executed a second time.
 *
 * <p>What the rows of an index are follows from these. Belongs to one thread.
 */
final class ChangedRows {

  private static final String ROWS_OF_TABLE = "table.";
  private static final String ROWS_OF_INDEX = "index.";
  private static final int WAS_THERE = 1;
  private static final int IS_THERE = 2;

  private final ValueDataType values = new ValueDataType();
  private final WriteBuffer buffer = new WriteBuffer();

  /** One row. */
  private record Changed(Table table, long key, boolean was, Optional<List<Value>> is) {}

  /**
   * Those of the transaction that is open.
   *
   * @throws SQLException when it has changed something else than rows
   */
  ByteBuffer of(Connection connection) throws SQLException {
    SessionLocal session = EmbeddedStore.session(connection);
    buffer.clear();
    Map<String, Map<Long, Boolean>> tables = changed(session);
    buffer.putVarInt(tables.size());
    for (Map.Entry<String, Map<Long, Boolean>> table : tables.entrySet()) {
      write(session, table.getKey(), table.getValue());
    }
    return buffer.getBuffer().duplicate().flip();
  }

  /** For each table the keys of its rows, and whether there was such a row before. */
  private static Map<String, Map<Long, Boolean>> changed(SessionLocal session) throws SQLException {
    Map<String, Map<Long, Boolean>> tables = new LinkedHashMap<>();
    Iterator<Change> changes = session.getTransaction().getChanges(0);
    while (changes.hasNext()) {
      Change change = changes.next();
      if (change.mapName.startsWith(ROWS_OF_INDEX)) {
        continue;
      }
      if (!change.mapName.startsWith(ROWS_OF_TABLE)) {
        throw new SQLException("a group has changed " + change.mapName);
      }
      tables
          .computeIfAbsent(change.mapName, name -> new LinkedHashMap<>())
          .put((Long) change.key, change.value != null); // the first change is told last
    }
    return tables;
  }

  private void write(SessionLocal session, String map, Map<Long, Boolean> rows)
      throws SQLException {
    Store store = session.getDatabase().getStore();
    MVTable table = store.getTable(map);
    if (table == null || table.getId() == 0) {
      throw new SQLException("a group has changed the schema");
    }
    TransactionMap<Long, SearchRow> now = session.getTransaction().openMap(map);
    byte[] name = table.getName().getBytes(StandardCharsets.UTF_8);
    buffer.putVarInt(name.length).put(name).putVarInt(table.getColumns().length);
    buffer.putVarInt(rows.size());
    rows.forEach(
        (key, was) -> {
          SearchRow row = now.getImmediate(key);
          buffer.putVarLong(key);
          buffer.put((byte) ((was ? WAS_THERE : 0) | (row == null ? 0 : IS_THERE)));
          for (int column = 0; row != null && column < row.getColumnCount(); column++) {
            values.write(buffer, row.getValue(column));
          }
        });
  }

  /**
   * Puts them back, in the transaction that is open.
   *
   * @throws SQLException when they do not fit this database
   */
  void putBack(Connection connection, ByteBuffer written) throws SQLException {
    SessionLocal session = EmbeddedStore.session(connection);
    session.lock();
    try {
      List<Changed> rows = read(session, written);
      // First all that goes: what comes may have its place in an index
      for (Changed row : rows) {
        if (row.was()) {
          row.table().removeRow(session, row.table().getRow(session, row.key()));
        }
      }
      for (Changed changed : rows) {
        if (changed.is().isPresent()) {
          Value[] is = changed.is().get().toArray(new Value[0]);
          Row row = changed.table().createRow(is, Row.MEMORY_CALCULATE);
          row.setKey(changed.key());
          changed.table().addRow(session, row);
        }
      }
    } catch (DbException e) {
      throw new SQLException("they do not fit the database: " + e.getMessage(), e);
    } finally {
      session.unlock();
    }
  }

  /** Of each column that the database numbers, by table and column: the highest number seen. */
  void raise(Connection connection, ByteBuffer written, Map<String, Map<String, Long>> highest)
      throws SQLException {
    for (Changed row : read(EmbeddedStore.session(connection), written)) {
      Column[] columns = row.table().getColumns();
      for (int i = 0; row.is().isPresent() && i < columns.length; i++) {
        if (columns[i].getSequence() != null) {
          highest
              .computeIfAbsent(row.table().getName(), name -> new LinkedHashMap<>())
              .merge(columns[i].getName(), row.is().get().get(i).getLong(), Math::max);
        }
      }
    }
  }

  private List<Changed> read(SessionLocal session, ByteBuffer written) throws SQLException {
    ByteBuffer bytes = written.duplicate();
    List<Changed> rows = new ArrayList<>();
    try {
      for (int tables = count(bytes, bytes.remaining()); tables > 0; tables--) {
        readTable(session, bytes, rows);
      }
    } catch (BufferUnderflowException | DbException | IllegalArgumentException e) {
      throw new SQLException("they cannot be read", e);
    }
    return rows;
  }

  private void readTable(SessionLocal session, ByteBuffer bytes, List<Changed> rows)
      throws SQLException {
    byte[] text = new byte[count(bytes, bytes.remaining())];
    bytes.get(text);
    String name = new String(text, StandardCharsets.UTF_8);
    Table table = session.getDatabase().getMainSchema().findTableOrView(session, name);
    int columns = DataUtils.readVarInt(bytes);
    if (table == null || table.getColumns().length != columns) {
      throw new SQLException("the database has no table " + name + " of " + columns + " columns");
    }
    for (int left = count(bytes, bytes.remaining()); left > 0; left--) {
      long key = DataUtils.readVarLong(bytes);
      int there = bytes.get();
      List<Value> is = new ArrayList<>();
      while ((there & IS_THERE) != 0 && is.size() < columns) {
        is.add(values.read(bytes));
      }
      rows.add(
          new Changed(
              table,
              key,
              (there & WAS_THERE) != 0,
              is.isEmpty() ? Optional.empty() : Optional.of(is)));
    }
  }

  private static int count(ByteBuffer bytes, int most) throws SQLException {
    int count = DataUtils.readVarInt(bytes);
    if (count < 0 || count > most) {
      throw new SQLException("they cannot be read");
    }
    return count;
  }
}
