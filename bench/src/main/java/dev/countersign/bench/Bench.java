package dev.countersign.bench;

import dev.countersign.bench.contenders.Contender;
import dev.countersign.bench.floor.FloorProcess;
import dev.countersign.bench.load.Crowd;
import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Outcome;
import dev.countersign.bench.machine.ProcessStatus;
import dev.countersign.bench.operations.Operation;
import dev.countersign.bench.operations.Operation.Extent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Goes through a plan. All servers run all the time and are asked in turn, each case by all of them
 * before the next, all cases before the next round: what disturbs the machine for a while disturbs
 * all alike.
 */
final class Bench {
  private static final double LEAST_TURN = 0.2; // seconds, of an operation in the warm-up

  private final Plan plan;
  private final List<Contender> contenders;
  private final Map<Results.Floor, FloorProcess> floors;
  private final Results results;
  private final Consumer<String> progress;

  Bench(
      Plan plan,
      List<Contender> contenders,
      Map<Results.Floor, FloorProcess> floors,
      Results results,
      Consumer<String> progress) {
    this.plan = plan;
    this.contenders = contenders;
    this.floors = floors;
    this.results = results;
    this.progress = progress;
  }

  void run() throws IOException, InterruptedException {
    for (Contender contender : contenders) {
      progress.accept("warm up " + title(contender));
      warmUp(contender);
    }
    for (FloorProcess floor : floors.values()) {
      floor.measure(Math.max(1, plan.warmUp() / 10));
    }
    List<Case> cases = plan.cases();
    for (int round = 1; round <= plan.rounds(); round++) {
      for (Map.Entry<Results.Floor, FloorProcess> floor : floors.entrySet()) {
        results.add(floor.getKey(), floor.getValue().measure(plan.seconds()));
      }
      for (Case what : cases) {
        progress.accept(
            "round "
                + round
                + " of "
                + plan.rounds()
                + ": "
                + what.operation().name()
                + ", "
                + what.load());
        for (Contender contender : contenders) {
          measure(what, contender);
        }
      }
    }
  }

  /** Half of the time for the first operation, because it is what all others come from. */
  private void warmUp(Contender contender) throws IOException, InterruptedException {
    List<Operation> operations = plan.operations();
    double turn = Math.max(LEAST_TURN, plan.warmUp() / 2 / Math.max(1, operations.size() - 1));
    for (Operation operation : operations) {
      double seconds = operation.equals(operations.get(0)) ? plan.warmUp() / 2 : turn;
      Extent extent = new Extent(Plan.CLIENTS, seconds);
      Optional<Load> load = contender.load(operation, extent);
      if (load.isPresent()) {
        new Crowd(extent.clients(), seconds, contender.gauge()).closed(load.get());
      }
    }
  }

  private void measure(Case what, Contender contender) throws InterruptedException {
    try {
      Optional<Load> load =
          contender.load(what.operation(), new Extent(what.clients(), plan.seconds()));
      if (load.isEmpty()) {
        return;
      }
      ProcessStatus.forgetMost(contender.pid());
      Crowd crowd = new Crowd(what.clients(), plan.seconds(), contender.gauge());
      Outcome outcome =
          switch (what.way()) {
            case CLOSED, OVERLOAD -> crowd.closed(load.get());
            case OPEN -> crowd.open(load.get(), rate(what, contender));
          };
      results.add(
          what,
          contender,
          new Results.Sample(outcome, ProcessStatus.mostResident(contender.pid())));
    } catch (IOException e) {
      results.failed(what, contender, String.valueOf(e.getMessage()));
    }
  }

  private double rate(Case what, Contender contender) throws IOException {
    double best = results.best(what.operation(), contender);
    if (Double.isNaN(best)) {
      throw new IOException("its closed loops failed");
    }
    return what.part() * best;
  }

  static String title(Contender contender) {
    return contender.server() + " with Java " + contender.java();
  }
}
