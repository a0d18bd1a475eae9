package dev.countersign.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command has: the common options, its surroundings, and a place to say things. */
abstract class BaseCommand implements Callable<Integer> {
  @Option(
      names = "--json",
      description = "One JSON document instead of text; docs/cli.md has the shapes.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Errors alone on stderr.")
  boolean quiet;

  @Option(names = "--no-input", description = "Never ask on the terminal.")
  boolean noInput;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This help.")
  boolean help;

  @Spec CommandSpec spec;

  private final Surroundings surroundings;

  @SuppressWarnings("NullAway.Init") // picocli gives the spec before it calls
  BaseCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  Surroundings surroundings() {
    return surroundings;
  }

  /** As typed, such as {@code identity add}. */
  String commandName() {
    String name = spec.qualifiedName();
    int first = name.indexOf(' ');
    return first < 0 ? name : name.substring(first + 1);
  }

  @Override
  public final Integer call() {
    Output output = new Output(surroundings, json, quiet);
    try (Progress progress = new Progress(output, surroundings, !quiet && !json)) {
      return run(output, progress).code();
    }
  }

  abstract ExitCode run(Output output, Progress progress);
}
