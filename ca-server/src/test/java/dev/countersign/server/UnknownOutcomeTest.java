package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Database;
import dev.countersign.db.Dialect;
import dev.countersign.db.Faults.Fault;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.Json;
import dev.countersign.server.http.BodyBudget;
import dev.countersign.server.http.BoundSocket;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.Listener;
import dev.countersign.server.http.ListenerContext;
import dev.countersign.server.http.ListenerLimits;
import dev.countersign.server.http.Problems;
import dev.countersign.server.http.Workers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** Who asked for a change is told apart: nothing was done, or nobody knows. */
class UnknownOutcomeTest {
  private static final InstantSource CLOCK = InstantSource.system();

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_commit_without_an_answer_is_not_told_as_nothing_done(TestDatabase test) throws Exception {
    Workers workers = new Workers(2, 100);
    Listener listener =
        Listener.plain(
            "outcomes",
            BoundSocket.bind("127.0.0.1", 0),
            new ListenerLimits(
                1000, 1000, Duration.ofSeconds(60), 4, 64 * 1024, BodyBudget.ofHeap(8)),
            new ListenerContext(
                new Problems(CLOCK, URI.create("https://localhost/openapi.yaml")),
                workers,
                new SimpleMeterRegistry(),
                CLOCK,
                new SecureRandom(),
                Duration.ofSeconds(5)),
            endpoints -> routes(endpoints, test.database()));
    try {
      for (Fault fault : new Fault[] {Fault.LOST, Fault.UNACKNOWLEDGED}) {
        test.faults().next(fault);
        told(listener, "POST", "/write", "outcome-unknown");
      }
      told(listener, "POST", "/late", "outcome-unknown");
      told(listener, "GET", "/late", "unavailable");
      test.database().close();
      told(listener, "POST", "/write", "unavailable");
    } finally {
      listener.stop();
      workers.close();
    }
  }

  private static void routes(Endpoints endpoints, Database database) {
    endpoints.waiting(
        Method.POST,
        "/write",
        call ->
            database.writeAndWait(
                handle -> handle.execute("update guard set last_number = last_number + 1")));
    for (Method method : new Method[] {Method.GET, Method.POST}) {
      endpoints.recorded(
          method, "/late", call -> CompletableFuture.failedFuture(new TimeoutException()));
    }
  }

  private static void told(Listener listener, String method, String path, String word)
      throws Exception {
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + path))
                    .method(method, BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as("%s %s", method, path).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(Json.MAPPER.readTree(answer.body()).path("type").asText())
        .as("%s %s", method, path)
        .isEqualTo("urn:countersign:problem:" + word);
  }
}
