package dev.countersign.cli;

import picocli.CommandLine.Command;

/** To come. */
@Command(name = "inspect")
final class InspectCommand extends BaseCommand {
  InspectCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    throw new UsageException("inspect is not there yet.");
  }
}
