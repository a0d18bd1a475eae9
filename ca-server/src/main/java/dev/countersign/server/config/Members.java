package dev.countersign.server.config;

import org.jspecify.annotations.Nullable;

/** Checks of record members; what they throw becomes a {@link ConfigException} in the reader. */
final class Members {
  private Members() {}

  static <T> T required(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  static <T> T orElse(@Nullable T value, T other) {
    return value == null ? other : value;
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
