package dev.countersign.server;

import dev.countersign.server.cleaning.Cleaner;
import dev.countersign.server.http.LongPolls;
import dev.countersign.server.http.Workers;
import dev.countersign.server.keys.NativeProvider;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Which figures there are beside those of the listeners and the corridor. */
final class Metrics {
  private Metrics() {}

  @SuppressWarnings("resource") // lives as long as the process
  static void bind(MeterRegistry meters, Workers workers, LongPolls polls, LongPolls denials) {
    new JvmMemoryMetrics().bindTo(meters);
    new JvmGcMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
    Gauge.builder("countersign.workers.waiting", workers, Workers::waiting)
        .description("Requests that wait for a thread")
        .register(meters);
    FunctionCounter.builder("countersign.workers.refused", workers, Workers::refused)
        .description("Requests that would have waited too long for a thread")
        .register(meters);
    Gauge.builder("countersign.longpolls", polls, LongPolls::waiting)
        .description("Callers that wait for news")
        .tag("of", "trust")
        .register(meters);
    Gauge.builder("countersign.longpolls", denials, LongPolls::waiting)
        .description("Callers that wait for news")
        .tag("of", "denials")
        .register(meters);
  }

  /** {@code countersign_native_cryptography}: 0 when signatures are slow, and by whom they are. */
  static void signing(MeterRegistry meters, NativeProvider.Signing signing) {
    Gauge.builder("countersign.native.cryptography", signing, it -> it.isNative() ? 1 : 0)
        .description("Whether the native provider signs; without it signatures are slower")
        .tag("provider", signing.provider())
        .strongReference(true)
        .register(meters);
  }

  /**
   * {@code countersign_removed_total}, by what was removed.
   *
   * @param kinds of things that are
   */
  static Cleaner.Removals removals(MeterRegistry meters, List<String> kinds) {
    Map<String, Counter> counters =
        kinds.stream()
            .collect(
                Collectors.toMap(
                    kind -> kind,
                    kind ->
                        Counter.builder("countersign.removed")
                            .description("Rows that nobody needed any more")
                            .tag("what", kind)
                            .register(meters)));
    return (what, removed) -> Objects.requireNonNull(counters.get(what)).increment(removed);
  }
}
