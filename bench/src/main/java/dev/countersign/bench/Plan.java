package dev.countersign.bench;

import dev.countersign.bench.operations.Operation;
import dev.countersign.bench.operations.Operations;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured, and for how long.
 *
 * @param warmUp seconds for each server before the first measurement
 * @param seconds of each measurement
 * @param rounds how often all is measured
 * @param open operations that are also asked for at a constant rate
 */
record Plan(
    double warmUp,
    double seconds,
    int rounds,
    List<Operation> operations,
    List<Integer> clients,
    List<Operation> open) {

  /** Of operations that are not measured with several numbers of them. */
  static final int CLIENTS = 16;

  private static final List<Integer> PERCENTS = List.of(50, 80);
  private static final int OVERLOAD = 10; // times the most clients

  List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Operation operation : operations) {
      boolean first = operation.equals(Operations.ISSUE);
      for (int count : first ? clients : List.of(CLIENTS)) {
        cases.add(Case.closed(operation, count));
      }
      if (open.contains(operation)) {
        PERCENTS.forEach(percent -> cases.add(Case.open(operation, mostClients(), percent)));
      }
      if (first) {
        cases.add(Case.overload(operation, mostClients() * OVERLOAD));
      }
    }
    return cases;
  }

  int mostClients() {
    return clients.stream().mapToInt(Integer::intValue).max().orElse(CLIENTS);
  }
}
