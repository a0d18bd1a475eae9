package dev.countersign.pki.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code docs/cli.md}, so that the programs can be compared with its tables. */
public final class CommandPage {
  private static final Pattern CELLS = Pattern.compile("(?<!\\\\)\\|");
  private static final Pattern TICKED = Pattern.compile("`([^`]+)`");

  private final String text;

  private CommandPage(String text) {
    this.text = text;
  }

  /** Of the project whose module's folder is the working directory. */
  public static CommandPage read() {
    try {
      return new CommandPage(
          Files.readString(Path.of("..", "docs", "cli.md").toAbsolutePath().normalize()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String text() {
    return text;
  }

  /** The cells of all rows of all tables. */
  public List<List<String>> rows() {
    return text.lines()
        .filter(line -> line.startsWith("|") && !line.startsWith("|--"))
        .map(line -> cells(line.substring(1, line.lastIndexOf('|'))))
        .toList();
  }

  private static List<String> cells(String row) {
    return CELLS.splitAsStream(row).map(cell -> cell.strip().replace("\\|", "|")).toList();
  }

  /** What stands between backticks, but not in parentheses, which are about what is before them. */
  public static Set<String> ticked(String text) {
    return TICKED
        .matcher(text.replaceAll("\\([^()]*\\)", ""))
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The options in the row of each command of a program, by the command without the program. */
  public Map<String, Set<String>> options(String program) {
    Map<String, Set<String>> options = new LinkedHashMap<>();
    for (List<String> row : rows()) {
      String command = row.get(0).replaceFirst("^`([^`]*)`.*", "$1");
      if (command.startsWith(program + " ")) {
        String words = command.substring(program.length() + 1).replaceFirst(" [^a-z].*", "");
        options.put(words, ticked(row.get(1)));
      }
    }
    return options;
  }
}
