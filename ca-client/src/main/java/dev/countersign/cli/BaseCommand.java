package dev.countersign.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every command has: the global options, its surroundings, and a place to say things. */
abstract class BaseCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  private final Surroundings surroundings;

  @SuppressWarnings("NullAway.Init") // picocli gives the spec before it calls
  BaseCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  Surroundings surroundings() {
    return surroundings;
  }

  GlobalOptions global() {
    return ((Cli.Root) spec.root().userObject()).global;
  }

  /** As typed, such as {@code identity add}. */
  String commandName() {
    return CommandLineStyle.name(spec);
  }

  @Override
  public final Integer call() {
    GlobalOptions global = global();
    Output output = new Output(surroundings, global.json, global.quiet);
    try (Progress progress = new Progress(output, surroundings, !global.quiet && !global.json)) {
      return run(output, progress).code();
    }
  }

  abstract ExitCode run(Output output, Progress progress);
}
