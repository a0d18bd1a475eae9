package dev.countersign.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Rows under a head, with columns as wide as what is in them, so that it reads as it is, too. */
public final class MarkdownTable {
  private final List<List<String>> rows = new ArrayList<>();
  private final int leftAligned;

  /**
   * @param leftAligned how many of the first columns are words
   */
  public MarkdownTable(int leftAligned, String... head) {
    this.leftAligned = leftAligned;
    rows.add(List.of(head));
  }

  public void add(List<String> row) {
    if (row.size() != rows.get(0).size()) {
      throw new IllegalArgumentException(row + " under " + rows.get(0));
    }
    rows.add(row.stream().map(cell -> cell.replace("|", "\\|")).toList());
  }

  @Override
  public String toString() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(Math.max(widths[i], 3), row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int number = 0; number < rows.size(); number++) {
      for (int i = 0; i < columns; i++) {
        String cell = rows.get(number).get(i);
        String space = " ".repeat(widths[i] - cell.length());
        text.append("| ").append(i < leftAligned ? cell + space : space + cell).append(' ');
      }
      text.append("|\n");
      if (number == 0) {
        for (int i = 0; i < columns; i++) {
          String line = "-".repeat(widths[i] + 1);
          text.append('|').append(i < leftAligned ? line + "-" : line + ":");
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }
}
