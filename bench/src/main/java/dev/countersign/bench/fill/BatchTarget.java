package dev.countersign.bench.fill;

import dev.countersign.db.Database;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The embedded database, by its one connection that writes. */
final class BatchTarget implements Target {
  private final Database database;
  private final List<String> again = new ArrayList<>();

  BatchTarget(Database database) {
    this.database = database;
    List<String> drop = new ArrayList<>();
    database
        .read(
            handle ->
                handle
                    .createQuery(
                        """
                        select i.index_name, i.table_name,
                          listagg(c.column_name, ', ') within group (order by c.ordinal_position)
                            as columns
                        from information_schema.indexes i
                          join information_schema.index_columns c
                            on c.index_schema = i.index_schema and c.index_name = i.index_name
                        where i.table_schema = 'public' and i.index_type_name = 'INDEX'
                          and i.table_name in ('certificate', 'event')
                        group by i.index_name, i.table_name
                        """)
                    .mapToMap()
                    .list())
        .forEach(
            index -> {
              drop.add("drop index " + index.get("index_name"));
              again.add(
                  "create index "
                      + index.get("index_name")
                      + " on "
                      + index.get("table_name")
                      + " ("
                      + index.get("columns")
                      + ")");
            });
    run(drop);
  }

  @Override
  public void run(List<String> statements) {
    for (String sql : statements) {
      database.writeAndWait(handle -> handle.execute(sql));
    }
  }

  @Override
  public void write(Rows rows) {
    database.writeAndWait(
        handle -> {
          rows.byTable().forEach((table, values) -> insert(handle, table, values));
          return true;
        });
  }

  private static void insert(Handle handle, Table table, List<@Nullable Object[]> rows) {
    String sql =
        "insert into "
            + table.table()
            + " ("
            + String.join(", ", table.columns())
            + ")"
            + (table.isNumbered() ? " overriding system value" : "")
            + " values ("
            + String.join(", ", Collections.nCopies(table.columns().size(), "?"))
            + ")";
    try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
      for (@Nullable Object[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          statement.setObject(
              i + 1, row[i] instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : row[i]);
        }
        statement.addBatch();
      }
      statement.executeBatch();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    run(again);
    run(List.of("analyze"));
    database.close();
  }
}
