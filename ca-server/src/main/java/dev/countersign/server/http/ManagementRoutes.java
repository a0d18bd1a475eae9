package dev.countersign.server.http;

import dev.countersign.server.http.Endpoints.Method;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * For the operator's monitoring: alive, ready, and how much of everything. Nothing here waits for
 * the threads that requests wait for: it is most wanted when they are all busy.
 */
public final class ManagementRoutes {
  // Prometheus text format 0.0.4
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final Readiness readiness;
  private final PrometheusMeterRegistry meters;

  public ManagementRoutes(Readiness readiness, PrometheusMeterRegistry meters) {
    this.readiness = readiness;
    this.meters = meters;
  }

  public void register(Endpoints endpoints) {
    endpoints.quick(Method.GET, "/healthz", call -> Answers.json(call, 200, Map.of("alive", true)));
    endpoints.later(Method.GET, "/readyz", this::ready);
    endpoints.quick(
        Method.GET,
        "/metrics",
        call -> call.contentType(METRICS).result(meters.scrape().getBytes(StandardCharsets.UTF_8)));
  }

  private CompletableFuture<?> ready(Call call) {
    return readiness
        .state()
        .thenAccept(state -> Answers.json(call, state.ready() ? 200 : 503, state));
  }
}
