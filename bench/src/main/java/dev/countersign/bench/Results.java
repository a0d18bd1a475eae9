package dev.countersign.bench;

import dev.countersign.bench.contenders.Contender;
import dev.countersign.bench.floor.FloorProcess.Measured;
import dev.countersign.bench.load.Latencies;
import dev.countersign.bench.load.Outcome;
import dev.countersign.bench.operations.Operation;
import dev.countersign.bench.report.MarkdownTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All that was measured, and the table of it. Not for several threads. */
final class Results {
  private static final String NONE = "–";

  private final Map<Floor, List<Measured>> floors = new LinkedHashMap<>();
  private final Map<Contender, List<Start>> starts = new LinkedHashMap<>();
  private final Map<Case, Map<Contender, List<Sample>>> samples = new LinkedHashMap<>();
  private final Map<Case, Map<Contender, String>> failures = new LinkedHashMap<>();

  /** Bare cryptography with one Java. */
  record Floor(String java, String provider) {}

  /**
   * A start on a folder that was there.
   *
   * @param resident MiB, when it was ready
   */
  record Start(double seconds, long resident) {}

  /**
   * One measurement.
   *
   * @param resident the most MiB meanwhile
   */
  record Sample(Outcome outcome, long resident) {}

  void add(Floor floor, Measured measured) {
    floors.computeIfAbsent(floor, key -> new ArrayList<>()).add(measured);
  }

  void add(Contender contender, Start start) {
    starts.computeIfAbsent(contender, key -> new ArrayList<>()).add(start);
  }

  void add(Case what, Contender contender, Sample sample) {
    of(what).computeIfAbsent(contender, key -> new ArrayList<>()).add(sample);
  }

  /** What cannot be measured is said, and all else goes on. */
  void failed(Case what, Contender contender, String why) {
    of(what);
    failures.computeIfAbsent(what, key -> new HashMap<>()).put(contender, why);
  }

  private Map<Contender, List<Sample>> of(Case what) {
    return samples.computeIfAbsent(what, key -> new LinkedHashMap<>());
  }

  /** The best throughput of a closed loop, in the middle of its rounds; NaN when there is none. */
  double best(Operation operation, Contender contender) {
    return samples.entrySet().stream()
        .filter(entry -> entry.getKey().operation().equals(operation))
        .filter(entry -> entry.getKey().way() == Case.Way.CLOSED)
        .mapToDouble(entry -> perSecond(entry.getValue().getOrDefault(contender, List.of())))
        .filter(rate -> !Double.isNaN(rate))
        .max()
        .orElse(Double.NaN);
  }

  private static double perSecond(List<Sample> all) {
    return Median.of(all, sample -> sample.outcome().perSecond());
  }

  String table() {
    MarkdownTable table =
        new MarkdownTable(
            4,
            "operation",
            "load",
            "server",
            "Java",
            "per second",
            "of best",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "server CPU ms",
            "× floor",
            "db CPU ms",
            "client CPU ms",
            "refused",
            "RSS MiB");
    floors.forEach(
        (floor, all) -> {
          table.add(floorRow("check and sign", floor, Median.of(all, Measured::checkAndSign)));
          table.add(floorRow("sign", floor, Median.of(all, Measured::sign)));
        });
    starts.forEach((contender, all) -> table.add(startRow(contender, all)));
    samples.forEach(
        (what, byContender) ->
            byContender.forEach((contender, all) -> table.add(row(what, contender, all))));
    return table.toString();
  }

  private static List<String> floorRow(String name, Floor floor, double each) {
    return List.of(
        name,
        "one thread",
        "none",
        floor.java(),
        rate(1000 / each),
        NONE,
        NONE,
        NONE,
        NONE,
        cpu(each),
        "1.0",
        NONE,
        NONE,
        NONE,
        NONE);
  }

  private static List<String> startRow(Contender contender, List<Start> all) {
    return List.of(
        "start",
        "on what is there",
        contender.server(),
        contender.java(),
        NONE,
        NONE,
        format("%,.0f", 1000 * Median.of(all, Start::seconds)),
        NONE,
        NONE,
        NONE,
        NONE,
        NONE,
        NONE,
        NONE,
        format("%.0f", Median.of(all, Start::resident)));
  }

  private List<String> row(Case what, Contender contender, List<Sample> all) {
    List<Outcome> outcomes = all.stream().map(Sample::outcome).toList();
    double perSecond = perSecond(all);
    double server = Median.of(outcomes, one -> one.each(one.usage().server()));
    return List.of(
        what.operation().name(),
        what.load(),
        contender.server(),
        contender.java(),
        rate(perSecond),
        format("%.0f %%", 100 * perSecond / best(what.operation(), contender)),
        percentile(outcomes, 50),
        percentile(outcomes, 99),
        percentile(outcomes, 99.9),
        cpu(server),
        format("%.1f", server / floor(what.operation().floor(), contender.java())),
        cpu(Median.of(outcomes, one -> one.each(one.usage().database()))),
        cpu(Median.of(outcomes, one -> one.each(one.usage().clients()))),
        refused(outcomes),
        format("%.0f", all.stream().mapToLong(Sample::resident).max().orElse(0)));
  }

  private double floor(Operation.Floor kind, String java) {
    List<Measured> all = new ArrayList<>();
    floors.forEach(
        (floor, measured) -> {
          if (floor.java().equals(java)) {
            all.addAll(measured);
          }
        });
    return switch (kind) {
      case CHECK_AND_SIGN -> Median.of(all, Measured::checkAndSign);
      case SIGN -> Median.of(all, Measured::sign);
      case NONE -> Double.NaN;
    };
  }

  private static String percentile(List<Outcome> outcomes, double percent) {
    return format("%.2f", Median.of(outcomes, one -> one.accepted().percentile(percent)));
  }

  /** Their part, and how long the slowest hundredth of them waited for it. */
  private static String refused(List<Outcome> outcomes) {
    double part = Median.of(outcomes, Outcome::refusedPart);
    Latencies times = new Latencies();
    outcomes.forEach(one -> times.add(one.refused()));
    return part == 0
        ? "0"
        : format("%.1f %%", 100 * part) + format(", p99 %.1f ms", times.percentile(99));
  }

  /** What is to be known beside the table, a line for each. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    floors
        .keySet()
        .forEach(
            floor -> notes.add("Java " + floor.java() + " signs with " + floor.provider() + "."));
    samples.forEach(
        (what, byContender) ->
            byContender.forEach((contender, all) -> note(notes, what, contender, all)));
    failures.forEach(
        (what, byContender) ->
            byContender.forEach(
                (contender, why) ->
                    notes.add(title(what, contender) + " could not be measured: " + why)));
    return notes;
  }

  private static void note(List<String> notes, Case what, Contender contender, List<Sample> all) {
    long broken = all.stream().mapToLong(sample -> sample.outcome().broken()).sum();
    long without = all.stream().mapToLong(sample -> sample.outcome().withoutRetryAfter()).sum();
    if (broken > 0) {
      notes.add(title(what, contender) + ": " + broken + " connections ended without an answer.");
    }
    if (without > 0) {
      notes.add(title(what, contender) + ": " + without + " refusals without Retry-After.");
    }
  }

  private static String title(Case what, Contender contender) {
    return String.join(
        ", ", what.operation().name(), what.load(), contender.server(), contender.java());
  }

  private static String rate(double perSecond) {
    return format("%,.0f", perSecond);
  }

  private static String cpu(double milliseconds) {
    return format("%.3f", milliseconds);
  }

  private static String format(String form, double number) {
    return Double.isNaN(number) || Double.isInfinite(number)
        ? NONE
        : String.format(Locale.ROOT, form, number);
  }
}
