package dev.countersign.server;

import dev.countersign.server.issuance.StepTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** {@code countersign_corridor_seconds}, by step and by whether it ended well. */
final class MeasuredSteps implements StepTimer {
  private final MeterRegistry meters;
  private final Map<Step, Timer> passed = new EnumMap<>(Step.class);
  private final Map<Step, Timer> refused = new EnumMap<>(Step.class);

  MeasuredSteps(MeterRegistry meters) {
    this.meters = meters;
    for (Step step : Step.values()) {
      passed.put(step, timer(step, "passed"));
      refused.put(step, timer(step, "refused"));
    }
  }

  private Timer timer(Step step, String outcome) {
    return Timer.builder("countersign.corridor")
        .description("Steps on the way to a certificate")
        .tag("step", step.label())
        .tag("outcome", outcome)
        .register(meters);
  }

  @Override
  public <T> T time(Step step, Supplier<T> work) {
    Timer.Sample sample = Timer.start(meters);
    Map<Step, Timer> outcome = refused;
    try {
      T result = work.get();
      outcome = passed;
      return result;
    } finally {
      sample.stop(timer(outcome, step));
    }
  }

  @Override
  public <T> CompletableFuture<T> timeLater(Step step, Supplier<CompletableFuture<T>> work) {
    Timer.Sample sample = Timer.start(meters);
    return work.get()
        .whenComplete(
            (result, failure) -> sample.stop(timer(failure == null ? passed : refused, step)));
  }

  private static Timer timer(Map<Step, Timer> timers, Step step) {
    Timer timer = timers.get(step);
    if (timer == null) {
      throw new IllegalStateException("no timer for " + step);
    }
    return timer;
  }
}
