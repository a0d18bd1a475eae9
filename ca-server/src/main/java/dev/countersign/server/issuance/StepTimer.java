package dev.countersign.server.issuance;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Is round each step of the corridor, to say how long it took; the work itself is not changed. */
public interface StepTimer {

  /** The corridor's five words. */
  enum Step {
    ADMIT,
    APPROVE,
    DRAFT,
    SIGN,
    RECORD;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  <T> T time(Step step, Supplier<T> work);

  /** Until the future completes. */
  <T> CompletableFuture<T> timeLater(Step step, Supplier<CompletableFuture<T>> work);

  /** Measures nothing. */
  static StepTimer none() {
    return new StepTimer() {
      @Override
      public <T> T time(Step step, Supplier<T> work) {
        return work.get();
      }

      @Override
      public <T> CompletableFuture<T> timeLater(Step step, Supplier<CompletableFuture<T>> work) {
        return work.get();
      }
    };
  }
}
