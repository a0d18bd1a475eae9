package dev.countersign.bench;

import dev.countersign.bench.machine.Disk;
import dev.countersign.bench.machine.Jdk;
import dev.countersign.bench.operations.Operation;
import dev.countersign.bench.operations.Operations;
import dev.countersign.bench.steps.Steps;
import dev.countersign.server.keys.NativeProvider;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code scripts/bench}: prints one Markdown table of what this machine does in a second. */
@Command(
    name = "scripts/bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures authorities that it makes, on this machine, and prints one table.")
public final class Main implements Callable<Integer> {
  private static final int STARTS = 3;
  private static final String OPEN = "issue,enrol,ocsp-post-many";

  @Spec private CommandSpec spec = CommandSpec.create(); // picocli puts in the real one

  @Option(names = "--project", hidden = true, defaultValue = ".")
  private Path project = Path.of(".");

  @Option(
      names = "--quick",
      description = "One short round: about a minute for each JDK. For a first look, no more.")
  private boolean quick;

  @Option(
      names = "--steps",
      description = "In place of servers, each step of the corridor by itself, with JMH.")
  private boolean steps;

  @Option(
      names = "--java",
      paramLabel = "HOME",
      description =
          "A JDK that the server runs on; repeat it for several (default: the one on the path).")
  private List<Path> javas = new ArrayList<>();

  @Option(
      names = "--databases",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "h2,postgresql",
      description = "default: ${DEFAULT-VALUE}")
  private List<String> databases = List.of();

  @Option(
      names = "--operations",
      split = ",",
      paramLabel = "NAME",
      description = "Only these (default: all).")
  private List<String> operations = new ArrayList<>();

  @Option(
      names = "--open",
      split = ",",
      paramLabel = "NAME",
      description =
          "Operations that are also asked for at a constant rate (default: "
              + OPEN
              + "; with --quick: issue).")
  private List<String> open = new ArrayList<>();

  @Option(
      names = "--clients",
      split = ",",
      paramLabel = "COUNT",
      defaultValue = "1,16,64",
      description =
          "How many issue at once; overload is ten times the most (default: ${DEFAULT-VALUE}).")
  private List<Integer> clients = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description = "Of each measurement (default: 5; with --quick: 0.8).")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = "For each server, before the first measurement (default: 60; with --quick: 5).")
  private double warmUp;

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      description = "How often all is measured; the median counts (default: 3; with --quick: 1).")
  private int rounds;

  @Option(
      names = "--keys",
      paramLabel = "COUNT",
      defaultValue = "2000",
      description = "Different subject keys (default: ${DEFAULT-VALUE}).")
  private int keys = 2000;

  @Parameters(
      arity = "0..*",
      paramLabel = "INIT_OPTION",
      description = "After --: further options of countersignd init, e.g. --crl-shards 100")
  private List<String> initOptions = new ArrayList<>();

  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new Main());
    line.setExecutionExceptionHandler(
        (failure, command, result) -> {
          command.getErr().println("scripts/bench: " + failure.getMessage());
          return 1;
        });
    StringBuilder footer = new StringBuilder("%nOperations:%n");
    for (Operation operation : Operations.ALL) {
      footer.append(
          String.format(Locale.ROOT, "  %-16s%s%%n", operation.name(), operation.meaning()));
    }
    line.getCommandSpec().usageMessage().footer(footer.toString());
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Plan plan = plan();
    List<Jdk> jdks = jdks();
    NativeProvider.install();
    long begin = System.nanoTime();
    Consumer<String> progress =
        line ->
            System.err.printf(
                Locale.ROOT, "%5.0f s  %s%n", (System.nanoTime() - begin) / 1e9, line);
    if (steps) {
      System.out.println(new Steps(quick, progress).table(jdks, databases));
      return 0;
    }
    try (Field field = new Field(project.toAbsolutePath().normalize(), keys, progress)) {
      measure(plan, jdks, field, progress);
    }
    progress.accept("done");
    return 0;
  }

  private void measure(Plan plan, List<Jdk> jdks, Field field, Consumer<String> progress)
      throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%s, %d cores, load %.2f at the beginning; one flush of 4 KiB: %.2f ms (median of 200);"
            + " clients on Java %s.%n",
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        Disk.flush(field.work()),
        System.getProperty("java.version"));
    Results results = new Results();
    field.enter(jdks, databases, initOptions);
    field.start(Math.min(plan.rounds(), STARTS), results);
    field.startFloors(jdks);
    new Bench(plan, field.contenders(), field.floors(), results, progress).run();
    System.out.printf(
        Locale.ROOT,
        "Rounds: %d, of %.1f s for each figure, after %.0f s of warm-up for each server; medians.%n%n",
        plan.rounds(),
        plan.seconds(),
        plan.warmUp());
    System.out.println(results.table());
    results.notes().forEach(note -> System.out.println("- " + note));
    field.notes().forEach(note -> System.out.println("- " + note));
  }

  private Plan plan() {
    if (keys < 10 || keys > 100_000) {
      throw wrong("--keys is " + keys + ": give 10 to 100000.");
    }
    for (int count : clients) {
      if (count < 1 || count > 100) {
        throw wrong("--clients has " + count + ": give 1 to 100; overload is ten times as many.");
      }
    }
    return new Plan(
        or("--warm-up", warmUp, quick ? 5 : 60),
        or("--seconds", seconds, quick ? 0.8 : 5),
        (int) or("--rounds", rounds, quick ? 1 : 3),
        operations.isEmpty() ? Operations.ALL : named("--operations", operations),
        clients,
        named("--open", open.isEmpty() ? List.of((quick ? "issue" : OPEN).split(",")) : open));
  }

  private double or(String option, double given, double usual) {
    if (!spec.commandLine().getParseResult().hasMatchedOption(option)) {
      return usual;
    }
    if (!(given > 0) || given > 3600) {
      throw wrong(option + " must be more than 0 and at most 3600.");
    }
    return given;
  }

  private List<Operation> named(String option, List<String> names) {
    try {
      return names.stream().map(Operations::named).toList();
    } catch (IllegalArgumentException e) {
      throw wrong(option + ": " + e.getMessage() + ".");
    }
  }

  private List<Jdk> jdks() {
    for (String database : databases) {
      if (!Field.DATABASES.contains(database)) {
        throw wrong(
            "--databases: there is no "
                + database
                + ", only "
                + String.join(", ", Field.DATABASES)
                + ".");
      }
    }
    try {
      return javas.isEmpty()
          ? List.of(Jdk.running())
          : javas.stream().map(Jdk::at).distinct().toList();
    } catch (IllegalArgumentException e) {
      throw wrong("--java: " + e.getMessage());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
