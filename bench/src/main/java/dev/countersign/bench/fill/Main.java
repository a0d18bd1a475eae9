package dev.countersign.bench.fill;

import dev.countersign.server.keys.NativeProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/fill}: puts as many certificates into a database as it would have after years. */
@Command(
    name = "bench/fill",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Puts certificates, their keys, names and events into the database of an authority that was"
            + " served once and is not now: never into one that is used.")
public final class Main implements Callable<Integer> {

  @Option(names = "--dir", required = true, description = "of countersignd init")
  private Path folder = Path.of(".");

  @Option(names = "--certificates", required = true)
  private long certificates;

  @Option(names = "--services", description = "that they are of (default: a tenth as many)")
  private long services;

  @Option(names = "--revoked", description = "of them (default ${DEFAULT-VALUE})")
  private long revoked;

  @Option(
      names = "--days",
      defaultValue = "120",
      description = "that they were issued in; each lives 90 (default ${DEFAULT-VALUE})")
  private int days;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    NativeProvider.install();
    new Filling(folder)
        .run(
            new Filling.Amount(
                certificates,
                services > 0 ? services : Math.max(1, certificates / 10),
                revoked,
                Duration.ofDays(days)));
    return 0;
  }
}
