package dev.countersign.server.verification;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was found: all of it counted, the first of it kept. */
public final class Findings {

  static final int MOST_KEPT = 100;

  private final List<Finding> first = new ArrayList<>();
  private final Map<String, Long> rows = new TreeMap<>();
  private long count;

  Findings() {}

  void add(String table, String key, String what) {
    count++;
    if (first.size() < MOST_KEPT) {
      first.add(new Finding(table, key, what));
    }
  }

  void addAll(String table, String key, List<String> complaints) {
    complaints.forEach(what -> add(table, key, what));
  }

  void read(String table, long number) {
    rows.merge(table, number, Long::sum);
  }

  Report report() {
    return new Report(Map.copyOf(rows), count, List.copyOf(first));
  }

  /**
   * The end of it.
   *
   * @param rows that were read, by table
   * @param findings how many there are
   * @param first of them
   */
  public record Report(Map<String, Long> rows, long findings, List<Finding> first) {}
}
