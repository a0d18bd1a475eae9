package dev.countersign.server.http;

import dev.countersign.server.http.Endpoints.Method;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** For the operator's monitoring: alive, ready, and how much of everything. */
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
    endpoints.waiting(Method.GET, "/readyz", this::ready);
    endpoints.waiting(
        Method.GET,
        "/metrics",
        call -> call.contentType(METRICS).result(meters.scrape().getBytes(StandardCharsets.UTF_8)));
  }

  private void ready(Call call) {
    Readiness.State state = readiness.state();
    Answers.json(call, state.ready() ? 200 : 503, state);
  }
}
