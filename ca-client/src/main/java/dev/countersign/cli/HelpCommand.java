package dev.countersign.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code help identity add}, for who does not think of {@code --help}. */
@Command(name = "help", description = "Show the help of a command.")
public final class HelpCommand implements Callable<Integer> {
  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Such as identity add.")
  List<String> words = List.of();

  @SuppressWarnings("NullAway.Init") // picocli gives the spec before it calls
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine line = spec.root().commandLine();
    for (String word : words) {
      CommandLine next = line.getSubcommands().get(word);
      if (next == null) {
        throw new UnmatchedArgumentException(line, List.of(word));
      }
      line = next;
    }
    line.usage(line.getOut());
    return ExitCode.DONE.code();
  }
}
