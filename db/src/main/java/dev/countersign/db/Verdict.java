package dev.countersign.db;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of one unit of a set: written, or refused with nothing written for it. */
public final class Verdict<T> {
  private final @Nullable T result;
  private final @Nullable RuntimeException refusal;

  private Verdict(@Nullable T result, @Nullable RuntimeException refusal) {
    this.result = result;
    this.refusal = refusal;
  }

  public static <T> Verdict<T> done(T result) {
    return new Verdict<>(result, null);
  }

  public static <T> Verdict<T> refused(RuntimeException refusal) {
    return new Verdict<>(null, refusal);
  }

  Optional<RuntimeException> refusal() {
    return Optional.ofNullable(refusal);
  }

  @Nullable T result() {
    return result;
  }
}
