package dev.countersign.bench.fill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Some rows of all tables that belong together. */
final class Rows {
  private final Map<Table, List<@Nullable Object[]>> rows = new EnumMap<>(Table.class);

  /**
   * Adds one.
   *
   * @param values of {@link Table#columns}: texts, numbers, octets, times, truth values or null
   */
  void add(Table table, @Nullable Object... values) {
    if (values.length != table.columns().size()) {
      throw new IllegalArgumentException(table + " takes no " + Arrays.toString(values));
    }
    rows.computeIfAbsent(table, any -> new ArrayList<>()).add(values);
  }

  Map<Table, List<@Nullable Object[]>> byTable() {
    return rows;
  }
}
