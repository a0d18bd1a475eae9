package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.config.LimitsConfig;
import dev.countersign.server.identity.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Peers who ask and do not read what they are answered cost nobody else a thread. */
class SlowReadersTest {
  // More than there are threads of any kind, each time
  private static final int CONNECTIONS = 2;
  private static final int EACH = 20;

  private static TestServer server;
  private static Credential operator;
  private static Credential service;

  /** Patient, so that nobody is served only because others were cut off. */
  @BeforeAll
  static void start() {
    LimitsConfig usual = LimitsConfig.DEFAULT;
    server =
        TestServer.start(
            new TestServer.Settings(
                new LimitsConfig(
                    usual.connections(),
                    usual.connectionsPerAddress(),
                    Duration.ofMinutes(10),
                    usual.perAddress(),
                    usual.perIdentity()),
                null));
    operator = server.operator("olga", Role.OPERATOR);
    service = server.identity("orders", "peer", World.dns("orders.internal"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] order() {
    return IssueContract.body(service.renewal(), "orders", "").getBytes(UTF_8);
  }

  @Test
  void answers_that_nobody_reads_hold_no_thread() throws Exception {
    List<Http2Connection> connections = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        Http2Connection connection =
            Http2Connection.open(
                server.https(),
                TestClient.context(server.root(), operator),
                // RFC 9113 6.9.2: not a byte of any answer will be taken
                Map.of(Http2Connection.INITIAL_WINDOW_SIZE, 0));
        connections.add(connection);
        answersOfEveryKind(connection);
      }
      everybody_else_is_served();
    } finally {
      for (Http2Connection connection : connections) {
        connection.close();
      }
    }
  }

  private static void answersOfEveryKind(Http2Connection connection) throws IOException {
    Set<Integer> asked = new HashSet<>();
    for (int i = 0; i < EACH; i++) {
      asked.add(connection.get("/v1/trust.pem")); // from memory
      asked.add(connection.get("/v1/trust")); // later
      asked.add(connection.get("/openapi.yaml")); // by a worker, and large
      asked.add(connection.get("/nothing")); // outside all routes
      asked.add(connection.post("/v1/certificates", TestClient.JSON, order())); // by a commit
    }
    while (!asked.isEmpty()) {
      asked.remove(connection.next(Http2Connection.HEADERS).stream());
    }
  }

  private static void everybody_else_is_served() throws Exception {
    TestClient client = server.as(operator);
    assertThat(client.get("/v1/trust").status()).isEqualTo(200);
    assertThat(client.get("/v1/trust.pem").status()).isEqualTo(200);
    assertThat(client.get("/v1/certificates").status()).isEqualTo(200);
    assertThat(client.post("/v1/certificates", TestClient.JSON, order()).status()).isEqualTo(201);
    HttpClient plain = HttpClient.newHttpClient();
    for (URI uri :
        List.of(
            server.http().resolve("/crl/issuing-1.crl"),
            server.http().resolve("/ocsp/issuing-1/AAAA"),
            server.management().resolve("/healthz"),
            server.management().resolve("/readyz"),
            server.management().resolve("/metrics"))) {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build();
      assertThat(plain.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
          .as(uri.getPath())
          .isEqualTo(200);
    }
  }
}
