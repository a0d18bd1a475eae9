package dev.countersign.client;

import java.util.List;
import java.util.stream.Collectors;

/** A list in a sentence: a few of it, and how many more there are. */
public final class Few {
  static final int MOST = 3;

  private Few() {}

  /** Each in quotation marks, made safe to print. */
  public static String of(List<String> names) {
    String shown =
        names.stream()
            .limit(MOST)
            .map(name -> "\"" + Printable.line(name) + "\"")
            .collect(Collectors.joining(", "));
    return names.size() > MOST ? shown + " and " + (names.size() - MOST) + " more" : shown;
  }
}
