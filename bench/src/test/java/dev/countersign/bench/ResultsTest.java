package dev.countersign.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.bench.contenders.Contender;
import dev.countersign.bench.floor.FloorProcess.Measured;
import dev.countersign.bench.load.Latencies;
import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Outcome;
import dev.countersign.bench.load.Usage;
import dev.countersign.bench.operations.Operation;
import dev.countersign.bench.operations.Operations;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private final Results results = new Results();
  private final Contender h2 = new Named("H2");
  private final Case sixteen = Case.closed(Operations.ISSUE, 16);

  /** A server of which only the name matters. */
  private record Named(String server) implements Contender {
    @Override
    public String java() {
      return "17";
    }

    @Override
    public Optional<Load> load(Operation operation, Operation.Extent extent) {
      return Optional.empty();
    }

    @Override
    public Usage.Gauge gauge() {
      return () -> new Usage(0, 0, 0);
    }

    @Override
    public long pid() {
      return 0;
    }

    @Override
    public double start() {
      return 0;
    }

    @Override
    public Optional<String> database() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  /** In one second, each answered after so many milliseconds. */
  private static Results.Sample sample(int accepted, int refused, double serverCpu) {
    Latencies good = new Latencies();
    for (int i = 0; i < accepted; i++) {
      good.add(4_000_000);
    }
    Latencies bad = new Latencies();
    for (int i = 0; i < refused; i++) {
      bad.add(1_000_000);
    }
    Usage usage = new Usage(serverCpu, Double.NaN, 0.05);
    return new Results.Sample(new Outcome(1, good, bad, 0, 0, usage), 200);
  }

  private List<String> cells(String operation, String load) {
    return results
        .table()
        .lines()
        .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).skip(1).toList())
        .filter(cells -> cells.get(0).equals(operation) && cells.get(1).equals(load))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no such row in\n" + results.table()));
  }

  @Test
  void a_row_has_what_one_request_costs_and_how_many_floors_that_is() {
    results.add(new Results.Floor("17", "a provider"), new Measured(0.05, 0.02));
    results.add(sixteen, h2, sample(1000, 0, 0.2));

    assertThat(cells("issue", "closed, 16"))
        .containsExactly(
            "issue",
            "closed, 16",
            "H2",
            "17",
            "1,000",
            "100 %",
            "4.00",
            "4.00",
            "4.00",
            "0.200",
            "4.0",
            "–",
            "0.050",
            "0",
            "200");
    assertThat(cells("check and sign", "one thread")).contains("20,000", "0.050");
  }

  @Test
  void the_middle_of_the_rounds_counts_and_not_the_one_that_was_disturbed() {
    results.add(sixteen, h2, sample(1000, 0, 0.2));
    results.add(sixteen, h2, sample(10, 0, 0.9));
    results.add(sixteen, h2, sample(1100, 0, 0.22));

    assertThat(cells("issue", "closed, 16")).contains("1,000", "0.200");
  }

  @Test
  void what_is_refused_under_overload_is_a_part_and_the_rest_is_compared_with_the_best() {
    Case overload = Case.overload(Operations.ISSUE, 640);
    results.add(sixteen, h2, sample(1000, 0, 0.2));
    results.add(overload, h2, sample(900, 100, 0.2));

    assertThat(cells("issue", "overload, 640")).contains("90 %", "10.0 %, p99 1.0 ms");
  }

  @Test
  void what_failed_is_said_and_all_else_stays() {
    results.add(sixteen, h2, sample(1000, 0, 0.2));
    results.failed(Case.closed(Operations.ISSUE, 1), h2, "the authority has ended");

    assertThat(cells("issue", "closed, 16")).contains("1,000");
    assertThat(results.notes())
        .contains("issue, closed, 1, H2, 17 could not be measured: the authority has ended");
  }
}
