package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.testing.CommandPage;
import dev.countersign.pki.testing.MovableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The command line as a whole. */
class CommandLineTest {
  @TempDir static Path temp;

  private final CliRun cli = new CliRun(new MovableClock(), temp);

  private static CommandLine all() {
    Surroundings nowhere =
        new Surroundings(
            Map.of(),
            new Surroundings.Streams(System.in, System.out, System.err, false, false, false),
            new MovableClock(),
            new java.security.SecureRandom(),
            temp,
            false);
    return Cli.commandLine(nowhere, Optional.empty());
  }

  static Stream<List<String>> commands() {
    List<List<String>> found = new ArrayList<>();
    collect(all(), List.of(), found);
    return found.stream();
  }

  private static void collect(CommandLine line, List<String> words, List<List<String>> found) {
    if (line.getSubcommands().isEmpty()) {
      found.add(words);
    }
    line.getSubcommands()
        .forEach(
            (name, sub) -> {
              List<String> longer = new ArrayList<>(words);
              longer.add(name);
              collect(sub, longer, found);
            });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void each_command_explains_itself_and_speaks_json(List<String> words) {
    List<String> arguments = new ArrayList<>(words);
    arguments.add("--help");
    CliRun.Result help = cli.run(arguments.toArray(new String[0])).ends(0);
    assertThat(help.out())
        .startsWith("Usage: countersign " + String.join(" ", words))
        .contains("--json", "--quiet", "--no-input");
    assertThat(help.err()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void each_command_says_which_argument_is_empty(List<String> words) {
    List<String> arguments = new ArrayList<>(words);
    arguments.add("");
    CliRun.Result result = cli.run(arguments.toArray(new String[0])).ends(2);
    CommandLine line = all();
    for (String word : words) {
      line = Objects.requireNonNull(line.getSubcommands().get(word), word);
    }
    var positional = line.getCommandSpec().positionalParameters();
    boolean needs = line.getCommandSpec().options().stream().anyMatch(o -> o.required());
    assertThat(result.err())
        .contains(
            needs || positional.isEmpty() // what is missing is said before what is too much
                ? String.join(" ", words) + (needs ? " needs" : " takes")
                : positional.get(0).paramLabel() + " is empty.")
        .doesNotContain("Exception");
    arguments.add(0, "--json");
    String json = cli.run(arguments.toArray(new String[0])).ends(2).err();
    assertThat(json).contains("\"kind\":\"usage\"").doesNotContain("Exception");
  }

  @Test
  void an_empty_command_is_none() {
    assertThat(cli.run("").ends(2).err()).contains("has no command \"\": it has enroll");
    assertThat(cli.run("identity", "").ends(2).err()).contains("has no command \"\": it has");
  }

  @Test
  void the_manual_has_each_command_with_its_options_and_no_other() {
    Map<String, Set<String>> there = new TreeMap<>();
    commands()
        .forEach(
            words -> {
              CommandLine line = all();
              for (String word : words) {
                line = Objects.requireNonNull(line.getSubcommands().get(word), word);
              }
              there.put(String.join(" ", words), options(line));
            });
    assertThat(new TreeMap<>(CommandPage.read().options("countersign"))).isEqualTo(there);
  }

  /** Its own, without those that it shares with all others of its kind. */
  private static Set<String> options(CommandLine line) {
    Set<String> options = new TreeSet<>();
    line.getCommandSpec()
        .options()
        .forEach(
            option -> {
              if (!option.inherited()) {
                options.add(option.longestName());
              }
            });
    if (line.getCommand() instanceof OperatorCommand) {
      assertThat(options).contains("--url");
      options.remove("--url");
    }
    return options;
  }

  @Test
  void the_manual_has_each_exit_code() {
    Map<Integer, Set<String>> codes = new TreeMap<>();
    for (ExitCode code : ExitCode.values()) {
      Set<String> labels = codes.computeIfAbsent(code.code(), each -> new TreeSet<>());
      if (code != ExitCode.DONE) {
        labels.add(code.label());
      }
    }
    assertThat(new Manual().exitCodes()).isEqualTo(codes);
  }

  @Test
  void all_commands_of_the_issue_are_there() {
    assertThat(commands().map(words -> String.join(" ", words)))
        .contains(
            "enroll",
            "renew",
            "status",
            "trust",
            "inspect",
            "completion",
            "identity add",
            "identity list",
            "identity show",
            "identity update",
            "identity revoke",
            "identity restore",
            "enrollment create",
            "enrollment list",
            "enrollment cancel",
            "certificate issue",
            "certificate list",
            "certificate show",
            "certificate revoke",
            "certificate hold",
            "certificate unhold",
            "profile list",
            "profile show",
            "authority list",
            "authority show",
            "event list");
  }

  @Test
  void the_help_fits_and_tells_the_exit_codes() {
    CliRun.Result help = cli.run("--help").ends(0);
    assertThat(help.out()).contains("enroll", "Exit codes: 0 done");
    assertThat(help.out().lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(112));
    assertThat(cli.run("--version").ends(0).out()).startsWith("countersign ");
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        slip("enrol", "countersign has no command \"enrol\". Did you mean enroll"),
        slip("identity ad x", "identity has no command \"ad\". Did you mean add"),
        slip("identity", "identity needs a command: add, list, show, update, revoke or restore."),
        slip("identity show", "identity show needs NAME."),
        slip("identity show a b", "\"b\" is one argument too many: identity show takes NAME"),
        slip("identity list a", "\"a\" is one argument too many: identity list takes options"),
        slip("certificate issue", "certificate issue needs --csr FILE"),
        slip("status --nonsense", "status has no option --nonsense."),
        slip("status --dir", "--dir needs a value: --dir DIR."),
        slip("status --dir --operator", "--dir needs a value: --dir DIR."),
        slip("status --dir=", "--dir: the value is empty."),
        slip("status --dir a --dir b", "--dir is given more than once"),
        slip("renew --force=maybe", "--force takes no value."),
        slip(
            "event list --limit few",
            "--limit: \"few\" is not a whole number from 1 to 2147483647."),
        slip("event list --limit 99999999999", "is not a whole number from 1 to 2147483647."),
        slip(
            "identity list --limit 0",
            "--limit: \"0\" is not a whole number from 1 to 2147483647."),
        slip(
            "certificate list --expires-before x", "--expires-before: \"x\" is not a time such as"),
        slip("certificate revoke a --invalidity-date x", "--invalidity-date: \"x\" is not a time"),
        slip("enrollment create a --ttl soon", "--ttl: \"soon\" is not a duration such as 30m"),
        slip("certificate revoke a --reason no", "--reason: \"no\" is no reason such as"),
        slip("certificate list --e x", "--e may mean --expires-before or --expires-after"),
        slip("status csgn1_AAAA", "\"csgn1_…\" is one argument too many"),
        slip("help nope", "countersign has no command \"nope\""));
  }

  private static Arguments slip(String arguments, String... said) {
    return Arguments.of(arguments, List.of(said));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void a_slip_is_answered_in_one_sentence_with_what_to_do(String arguments, List<String> said) {
    CliRun.Result result = cli.run(arguments.split(" ")).ends(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err())
        .startsWith("countersign: ")
        .contains(said)
        .matches("(?s).* See countersign [a-z ]*--help\\.\\s*")
        .doesNotContain("index", "parameter", " long", " int", "boolean", "'");
  }

  @Test
  void global_options_stand_before_the_command_or_after_it() {
    for (String each : List.of("--json status", "status --json", "identity --json list")) {
      assertThat(cli.run(each.split(" ")).ends(7).jsonError().get("kind").textValue())
          .as(each)
          .isEqualTo("local-files");
    }
    assertThat(
            cli.run("--json", "status", "--nonsense").ends(2).jsonError().get("kind").textValue())
        .isEqualTo("usage");
    for (String each : List.of("-q status", "status -q", "--no-input --quiet status")) {
      cli.run(each.split(" ")).ends(7);
    }
    assertThat(cli.run("-q", "--no-input", "enroll").ends(2).err()).contains("enrolment string");
  }

  @Test
  void the_version_is_text_or_json() {
    assertThat(cli.run("--version").ends(0).out()).startsWith("countersign ");
    for (String[] order :
        List.of(new String[] {"--json", "--version"}, new String[] {"-V", "--json"})) {
      JsonNode document = cli.run(order).ends(0).json();
      assertThat(document.get("command").textValue()).isEqualTo("version");
      assertThat(document.get("release").textValue()).isNotEmpty();
    }
  }

  @Test
  void help_is_text_also_in_json() {
    for (String order : List.of("--json help", "--json help enroll", "--json enroll --help")) {
      assertThat(cli.run(order.split(" ")).ends(0).out()).startsWith("Usage: countersign");
    }
  }

  @Test
  void help_can_be_asked_for_by_a_word() {
    assertThat(cli.run("help").ends(0).out()).isEqualTo(cli.run("--help").ends(0).out());
    assertThat(cli.run("help", "identity", "add").ends(0).out())
        .isEqualTo(cli.run("identity", "add", "--help").ends(0).out());
  }

  @Test
  void what_begins_with_an_at_sign_is_no_file_of_arguments() throws Exception {
    Path file = Files.writeString(temp.resolve("arguments"), "--help");
    assertThat(cli.run("inspect", "@" + file).ends(7).err()).contains("@" + file);
  }

  @Test
  void the_completion_is_a_script_that_bash_takes() throws Exception {
    Path script =
        Files.writeString(temp.resolve("completion"), cli.run("completion").ends(0).out());
    Process bash =
        new ProcessBuilder("bash", "-c", ". '" + script + "' && complete -p countersign")
            .redirectErrorStream(true)
            .start();
    String said =
        new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(bash.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(bash.exitValue()).as(said).isZero();
  }
}
