package dev.countersign.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTableTest {

  @Test
  void columns_are_as_wide_as_what_is_in_them() {
    MarkdownTable table = new MarkdownTable(1, "operation", "each");
    table.add(List.of("issue", "0.2"));
    table.add(List.of("a|b", "12,345"));

    assertThat(table)
        .hasToString(
            """
            | operation |   each |
            |-----------|-------:|
            | issue     |    0.2 |
            | a\\|b      | 12,345 |
            """);
  }

  @Test
  void a_row_of_another_length_is_refused() {
    MarkdownTable table = new MarkdownTable(1, "operation", "each");

    assertThatThrownBy(() -> table.add(List.of("issue")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
