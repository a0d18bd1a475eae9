package dev.countersign.cli;

import java.util.Map;
import java.util.Optional;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** The shell's completion. */
@Command(
    name = "completion",
    description = {
      "Print a completion script for bash and zsh.",
      "bash: source <(countersign completion); zsh: autoload -U bashcompinit && bashcompinit first."
    })
final class CompletionCommand extends BaseCommand {
  CompletionCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    String script =
        AutoComplete.bash("countersign", Cli.commandLine(surroundings(), Optional.empty()));
    if (output.isJson()) {
      output.document(commandName(), Map.of("script", script));
    } else {
      output.text(script);
    }
    return ExitCode.DONE;
  }
}
