package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.testing.CommandPage;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code docs/cli.md}, as far as its tables say what can be checked. */
final class Manual {
  private static final String CREDENTIAL = "the credential";

  private final CommandPage page = CommandPage.read();

  /** The codes of a table, with the word beside each. */
  public Map<Integer, Set<String>> exitCodes() {
    Map<Integer, Set<String>> codes = new LinkedHashMap<>();
    for (List<String> row : page.rows()) {
      if (row.get(0).matches("[0-9]+") && row.size() == 4) {
        codes
            .computeIfAbsent(Integer.valueOf(row.get(0)), code -> new LinkedHashSet<>())
            .addAll(CommandPage.ticked(row.get(1)));
      }
    }
    return codes;
  }

  /** That a document has the members that it must have and no other. */
  void describes(JsonNode document) {
    String command = document.path("command").asText();
    List<String> row =
        page.rows().stream()
            .filter(each -> each.size() == 3 && commands(each.get(0)).contains(command))
            .findFirst()
            .orElseThrow(() -> new AssertionError("docs/cli.md has no JSON of " + command));
    Set<String> always = members(row.get(1));
    always.addAll(List.of("version", "command"));
    described(document, always, members(row.get(2)), command);
    if (command.equals("inspect")) {
      document.get("items").forEach(this::describesFinding);
    }
  }

  private void describesFinding(JsonNode finding) {
    String kind = finding.path("kind").asText();
    List<String> row =
        page.rows().stream()
            .filter(each -> each.size() == 3 && CommandPage.ticked(each.get(0)).contains(kind))
            .reduce((first, second) -> second) // the table of kinds is the last one
            .orElseThrow(() -> new AssertionError("docs/cli.md has no kind " + kind));
    Set<String> always = CommandPage.ticked(row.get(1));
    always.add("kind");
    described(finding, always, CommandPage.ticked(row.get(2)), kind);
  }

  private static void described(
      JsonNode document, Set<String> always, Set<String> sometimes, String what) {
    Set<String> there = new LinkedHashSet<>();
    document.fieldNames().forEachRemaining(there::add);
    Set<String> known = new LinkedHashSet<>(always);
    known.addAll(sometimes);
    assertThat(there).as("members of %s, as docs/cli.md has them", what).containsAll(always);
    assertThat(known).as("members of %s that docs/cli.md has", what).containsAll(there);
  }

  /** {@code `identity add\|show`} are two. */
  private static Set<String> commands(String cell) {
    Set<String> commands = new LinkedHashSet<>();
    for (String ticked : CommandPage.ticked(cell)) {
      int last = ticked.lastIndexOf(' ') + 1;
      for (String word : ticked.substring(last).split("\\|", -1)) {
        commands.add(ticked.substring(0, last) + word);
      }
    }
    return commands;
  }

  private Set<String> members(String cell) {
    Set<String> members = CommandPage.ticked(cell);
    if (cell.contains(CREDENTIAL)) {
      String text = page.text();
      int from = text.indexOf("The credential: ");
      members.addAll(CommandPage.ticked(text.substring(from, text.indexOf("\n\n", from))));
    }
    return members;
  }
}
