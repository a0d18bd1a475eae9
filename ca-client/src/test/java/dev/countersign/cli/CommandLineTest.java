package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.testing.MovableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
  void each_command_is_in_the_manual(List<String> words) throws Exception {
    Path manual = Path.of("..", "docs", "cli.md").toAbsolutePath().normalize();
    assertThat(Files.readString(manual)).contains("countersign " + String.join(" ", words));
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

  @Test
  void a_slip_is_answered_with_a_suggestion() {
    assertThat(cli.run("enrol").ends(2).err()).contains("Did you mean");
    assertThat(cli.run("identity", "ad", "x").ends(2).err()).contains("identity");
    assertThat(cli.run("identity").ends(2).err()).contains("add|list|show");
    assertThat(
            cli.run("status", "--json", "--nonsense").ends(2).jsonError().get("kind").textValue())
        .isEqualTo("usage");
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
