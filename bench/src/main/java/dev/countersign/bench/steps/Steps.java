package dev.countersign.bench.steps;

import dev.countersign.bench.machine.Disk;
import dev.countersign.bench.machine.Jdk;
import dev.countersign.bench.machine.Postgres;
import dev.countersign.bench.report.MarkdownTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks of the steps, and makes one table of them. */
public final class Steps {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  // By the methods of the benchmarks, whose names are in the order of the steps
  private static final Map<String, String> NAMES =
      new TreeMap<>(
          Map.of(
              "step1ReadBody", "admit: read the body",
              "step2ReadAndCheckCsr", "admit: read the CSR, check its signature",
              "step2aOfWhichSignature", "… of which the bare signature",
              "step3Approve", "approve",
              "step4Draft", "draft, with lint",
              "step4aOfWhichLint", "… of which lint",
              "step5Sign", "sign",
              "step6Answer", "answer",
              "step7ApproveToRecord", "approve to record, 16 callers"));

  private final TimeValue turn;
  private final int turns;
  private final Consumer<String> progress;

  /**
   * @param quick short turns, and few of them
   */
  public Steps(boolean quick, Consumer<String> progress) {
    turn = TimeValue.milliseconds(quick ? 400 : 2000);
    turns = quick ? 2 : 5;
    this.progress = progress;
  }

  /** Of all steps with each JDK; what is recorded, over each of these databases. */
  public String table(List<Jdk> jdks, List<String> databases)
      throws IOException, InterruptedException, SQLException {
    MarkdownTable table =
        new MarkdownTable(3, "step", "Java", "database", "µs", "± (99.9 %)", "bytes allocated");
    Path work = Files.createTempDirectory("countersign-steps");
    try {
      for (Jdk jdk : jdks) {
        progress.accept("the steps with Java " + jdk.version());
        add(table, jdk, "–", run(options(jdk, StepBenchmark.class)));
        for (String database : databases) {
          progress.accept("recording over " + database + " with Java " + jdk.version());
          if (database.equals("h2")) {
            add(table, jdk, "H2", run(options(jdk, RecordBenchmark.class)));
          } else {
            overPostgres(table, jdk, work);
          }
        }
      }
    } finally {
      Disk.remove(work);
    }
    return table.toString();
  }

  private void overPostgres(MarkdownTable table, Jdk jdk, Path work)
      throws IOException, InterruptedException, SQLException {
    try (Postgres postgres = Postgres.start(work.resolve("postgres" + jdk.feature()))) {
      postgres.createDatabase("steps");
      ChainedOptionsBuilder options = options(jdk, RecordBenchmark.class);
      add(table, jdk, "PostgreSQL", run(options.param("database", postgres.url("steps"))));
    }
  }

  private ChainedOptionsBuilder options(Jdk jdk, Class<?> benchmark) {
    return new OptionsBuilder()
        .include("\\b" + benchmark.getSimpleName() + "\\b")
        .jvm(jdk.program())
        .jvmArgs(jdk.options().toArray(String[]::new))
        .forks(1)
        .warmupIterations(turns)
        .warmupTime(turn)
        .measurementIterations(turns)
        .measurementTime(turn)
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
  }

  private static Collection<RunResult> run(ChainedOptionsBuilder options) throws IOException {
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IOException("the benchmarks failed: " + e.getMessage(), e);
    }
  }

  private static void add(
      MarkdownTable table, Jdk jdk, String database, Collection<RunResult> results) {
    Map<String, RunResult> byMethod = new TreeMap<>();
    for (RunResult result : results) {
      String name = result.getParams().getBenchmark();
      byMethod.put(name.substring(name.lastIndexOf('.') + 1), result);
    }
    byMethod.forEach(
        (method, result) -> {
          Result<?> time = result.getPrimaryResult();
          Result<?> bytes = result.getSecondaryResults().get(ALLOCATED);
          table.add(
              List.of(
                  NAMES.getOrDefault(method, method),
                  jdk.version(),
                  database,
                  format("%,.2f", time.getScore()),
                  format("%,.2f", time.getScoreError()),
                  bytes == null ? "–" : format("%,.0f", bytes.getScore())));
        });
  }

  private static String format(String form, double number) {
    return Double.isNaN(number) ? "–" : String.format(Locale.ROOT, form, number);
  }
}
