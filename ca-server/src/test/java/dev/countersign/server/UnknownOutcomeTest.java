package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Database;
import dev.countersign.db.Dialect;
import dev.countersign.db.Faults.Fault;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.Json;
import dev.countersign.server.http.BodyBudget;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who asked for a change is told apart: nothing was done, or nobody knows. */
class UnknownOutcomeTest {
  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_commit_without_an_answer_is_not_told_as_nothing_done(TestDatabase test) throws Exception {
    try (LoneListener listener =
        new LoneListener(
            Duration.ofSeconds(60),
            BodyBudget.ofHeap(8),
            endpoints -> routes(endpoints, test.database()))) {
      for (Fault fault : new Fault[] {Fault.LOST, Fault.UNACKNOWLEDGED}) {
        test.faults().next(fault);
        told(listener, "POST", "/write", "outcome-unknown");
      }
      test.database().close();
      told(listener, "POST", "/write", "unavailable");
    }
  }

  @Test
  void nor_is_a_change_that_has_no_answer_in_time() throws Exception {
    try (LoneListener listener =
        new LoneListener(
            Duration.ofSeconds(60),
            Duration.ofSeconds(1),
            LoneListener.LONG,
            BodyBudget.ofHeap(8),
            UnknownOutcomeTest::lateRoutes)) {
      told(listener, "POST", "/late", "outcome-unknown");
      told(listener, "GET", "/late", "unavailable");
    }
  }

  private static void routes(Endpoints endpoints, Database database) {
    endpoints.waiting(
        Method.POST,
        "/write",
        call ->
            database.writeAndWait(
                handle -> handle.execute("update guard set last_number = last_number + 1")));
  }

  private static void lateRoutes(Endpoints endpoints) {
    for (Method method : new Method[] {Method.GET, Method.POST}) {
      endpoints.recorded(method, "/late", call -> new CompletableFuture<>());
    }
  }

  private static void told(LoneListener listener, String method, String path, String word)
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
