package dev.countersign.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that is only the first word of others. */
abstract class GroupCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This help.")
  boolean help;

  @SuppressWarnings("NullAway.Init") // picocli gives the spec before it calls
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "Which command? " + spec.name() + " " + String.join("|", spec.subcommands().keySet()));
  }
}
