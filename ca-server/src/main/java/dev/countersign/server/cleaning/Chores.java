package dev.countersign.server.cleaning;

import java.util.List;

/** All that is ever removed. */
public record Chores(List<Chore> list) {
  public Chores {
    list = List.copyOf(list);
  }

  public static Chores all() {
    return new Chores(List.of(new DenialStore()));
  }

  /** How they are called. */
  public List<String> names() {
    return list.stream().map(Chore::what).toList();
  }
}
