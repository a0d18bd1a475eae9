package dev.countersign.bench.operations;

import java.util.List;
import java.util.stream.Collectors;

/** All of them. A new one is a class of its own, and a line here. */
public final class Operations {
  public static final Operation ISSUE = new Issue();

  public static final List<Operation> ALL =
      List.of(
          ISSUE,
          new Enrol(),
          new Renew(),
          new RenewOverTls(),
          new AskOcsp(AskOcsp.Method.POST, AskOcsp.Serials.ONE),
          new AskOcsp(AskOcsp.Method.POST, AskOcsp.Serials.MANY),
          new AskOcsp(AskOcsp.Method.GET, AskOcsp.Serials.ONE),
          new AskOcsp(AskOcsp.Method.GET, AskOcsp.Serials.MANY),
          new FetchCrl());

  private Operations() {}

  /**
   * The one with this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Operation named(String name) {
    return ALL.stream()
        .filter(operation -> operation.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no operation " + name + ", only " + names()));
  }

  public static String names() {
    return ALL.stream().map(Operation::name).collect(Collectors.joining(", "));
  }
}
