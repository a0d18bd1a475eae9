package dev.countersign.bench.fill;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** PostgreSQL, by {@code COPY}. */
final class CopyTarget implements Target {
  private final DataSource source;
  private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();
  private final List<String> again; // what was dropped

  CopyTarget(DataSource source) {
    this.source = source;
    String ours =
        Stream.of(Table.values())
            .map(table -> "'" + table.table() + "'::regclass")
            .collect(Collectors.joining(", "));
    this.again =
        query(
            "select 'alter table ' || conrelid::regclass || ' add constraint ' || conname || ' ' ||"
                + " pg_get_constraintdef(oid) from pg_constraint where contype in ('p', 'u')"
                + " and conrelid in ("
                + ours
                + ") and not exists (select 1 from pg_constraint f where f.contype = 'f' and"
                + " f.confrelid = pg_constraint.conrelid) order by oid");
    List<String> drop =
        query(
            "select 'alter table ' || conrelid::regclass || ' drop constraint ' || conname from"
                + " pg_constraint where contype in ('p', 'u') and conrelid in ("
                + ours
                + ") and not exists (select 1 from pg_constraint f where f.contype = 'f' and"
                + " f.confrelid = pg_constraint.conrelid)");
    String plain =
        " from pg_index i where indrelid in ("
            + ours
            + ") and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)";
    again.addAll(query("select pg_get_indexdef(indexrelid)" + plain));
    drop.addAll(query("select 'drop index ' || indexrelid::regclass" + plain));
    run(drop);
  }

  private Connection take() {
    try {
      Connection known = idle.poll();
      return known == null ? source.getConnection() : known;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> query(String sql) {
    Connection connection = take();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      idle.add(connection);
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Override
  public void run(List<String> statements) {
    Connection connection = take();
    for (String sql : statements) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(sql, e);
      }
    }
    idle.add(connection);
  }

  @Override
  public void write(Rows rows) {
    Connection connection = take();
    try {
      connection.setAutoCommit(false);
      for (Map.Entry<Table, List<@Nullable Object[]>> entry : rows.byTable().entrySet()) {
        copy(connection, entry.getKey(), entry.getValue());
      }
      connection.commit();
      connection.setAutoCommit(true);
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    }
    idle.add(connection);
  }

  private static void copy(Connection connection, Table table, List<@Nullable Object[]> rows)
      throws SQLException, IOException {
    StringBuilder text = new StringBuilder(rows.size() * 256);
    for (@Nullable Object[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        text.append(i == 0 ? "" : "\t");
        append(text, row[i]);
      }
      text.append('\n');
    }
    String sql =
        "copy " + table.table() + " (" + String.join(", ", table.columns()) + ") from stdin";
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(sql, new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** None of our texts has a character that would have to be escaped. */
  private static void append(StringBuilder text, @Nullable Object value) {
    if (value == null) {
      text.append("\\N");
    } else if (value instanceof byte[] octets) {
      text.append("\\\\x").append(HexFormat.of().formatHex(octets));
    } else {
      text.append(value);
    }
  }

  @Override
  public void close() {
    run(List.of("set maintenance_work_mem = '1GB'"));
    for (String sql : again) {
      run(List.of(sql));
    }
    run(List.of("vacuum analyze", "checkpoint"));
    for (Connection connection : idle) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
