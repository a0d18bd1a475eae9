package dev.countersign.server.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
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
    endpoints.quick(
        HandlerType.GET, "/healthz", ctx -> Answers.json(ctx, 200, Map.of("alive", true)));
    endpoints.waiting(HandlerType.GET, "/readyz", this::ready);
    endpoints.waiting(
        HandlerType.GET, "/metrics", ctx -> ctx.contentType(METRICS).result(meters.scrape()));
  }

  private void ready(Context ctx) {
    Readiness.State state = readiness.state();
    Answers.json(ctx, state.ready() ? 200 : 503, state);
  }
}
