package dev.countersign.server;

import dev.countersign.server.http.BodyBudget;
import dev.countersign.server.http.BoundSocket;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Listener;
import dev.countersign.server.http.ListenerContext;
import dev.countersign.server.http.ListenerLimits;
import dev.countersign.server.http.Problems;
import dev.countersign.server.http.Workers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/** A plain listener on any port, with routes of a test's own and no authority behind it. */
final class LoneListener implements AutoCloseable {
  private static final InstantSource CLOCK = InstantSource.system();

  static final Duration LONG = Duration.ofSeconds(60);

  private final Workers workers = new Workers(2, 100);
  private final Listener listener;

  LoneListener(Duration patience, BodyBudget bodies, Consumer<Endpoints> routes)
      throws IOException {
    this(patience, LONG, LONG, bodies, routes);
  }

  LoneListener(
      Duration patience,
      Duration answer,
      Duration lag,
      BodyBudget bodies,
      Consumer<Endpoints> routes)
      throws IOException {
    listener =
        Listener.plain(
            "lone",
            BoundSocket.bind("127.0.0.1", 0),
            new ListenerLimits(1000, 1000, patience, answer, lag, 4, 64 * 1024, bodies),
            new ListenerContext(
                new Problems(CLOCK, URI.create("https://localhost/openapi.yaml")),
                workers,
                new SimpleMeterRegistry(),
                CLOCK,
                new SecureRandom(),
                Duration.ofSeconds(5)),
            routes);
  }

  int port() {
    return listener.port();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    listener.stop();
    workers.close();
  }
}
