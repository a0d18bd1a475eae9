package dev.countersign.agent;

import java.util.Arrays;
import java.util.Locale;

/** What of a credential a program has loaded. */
public enum Part {
  CERTIFICATE,
  TRUST,
  LISTS;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * As in a hook.
   *
   * @throws IllegalArgumentException with the end of a sentence
   */
  public static Part parse(String label) {
    return Arrays.stream(values())
        .filter(part -> part.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\"" + label + "\" is none of certificate, trust and lists"));
  }
}
