package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.config.LimitsConfig;
import java.io.IOException;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a caller cannot do to the listeners. */
@SuppressWarnings("StringConcatToTextBlock") // line ends of HTTP are two characters
class ListenerLimitsTest {
  private static TestServer server;
  private static SSLContext context;

  @BeforeAll
  static void start() {
    LimitsConfig usual = LimitsConfig.DEFAULT;
    server =
        TestServer.start(
            new TestServer.Settings(
                new LimitsConfig(
                    usual.connections(),
                    40,
                    Duration.ofSeconds(5),
                    usual.perAddress(),
                    usual.perIdentity()),
                null));
    context = TestClient.context(server.root(), null);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawConnection connect() throws IOException {
    return RawConnection.tls(server.https(), context);
  }

  @Test
  void a_chunked_body_over_the_limit_is_refused_and_the_connection_closed() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(
          "POST /v1/enroll HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jose+json\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n");
      String chunk = "1000\r\n" + "x".repeat(4096) + "\r\n";
      for (int i = 0; i < 17; i++) {
        connection.send(chunk);
      }
      connection.send("0\r\n\r\n");
      assertThat(connection.untilClosed())
          .startsWith("HTTP/1.1 413 ")
          .contains("Connection: close")
          .contains("urn:countersign:problem:body-too-large");
    }
  }

  @Test
  void an_announced_body_over_the_limit_is_refused_and_the_connection_closed() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(
          "POST /v1/enroll HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n"
              + "x".repeat(65537));
      assertThat(connection.untilClosed())
          .startsWith("HTTP/1.1 413 ")
          .contains("urn:countersign:problem:body-too-large");
    }
  }

  @Test
  void plain_listeners_read_no_body_that_is_larger_than_a_request_of_theirs() throws IOException {
    // Closed unanswered as long as another test's connections count
    String answer = "";
    for (int attempt = 0; answer.isEmpty() && attempt < 1000; attempt++) {
      answer = answerToLargeBody();
    }
    assertThat(answer)
        .startsWith("HTTP/1.1 413 ")
        .contains("urn:countersign:problem:body-too-large");
  }

  private static String answerToLargeBody() throws IOException {
    try (RawConnection connection = RawConnection.plain(server.http())) {
      connection.send(
          "POST /ocsp/issuing-1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16385\r\n\r\n"
              + "x".repeat(16385));
      return connection.untilClosed();
    } catch (SocketException e) {
      return "";
    }
  }

  @Test
  void a_body_of_exactly_the_limit_is_read() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(
          "POST /v1/enroll HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65536\r\n"
              + "Content-Type: application/jose+json\r\nConnection: close\r\n\r\n"
              + "x".repeat(65536));
      assertThat(connection.untilClosed()).startsWith("HTTP/1.1 400 ").contains("malformed");
    }
  }

  @Test
  void a_head_that_is_too_long_is_a_problem_document() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(
          "GET /v1/trust HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "y".repeat(9000) + "\r\n\r\n");
      assertThat(connection.untilClosed())
          .startsWith("HTTP/1.1 431 ")
          .contains("application/problem+json");
    }
  }

  @Test
  void what_is_not_http_is_a_problem_document() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send("nonsense\r\n\r\n");
      assertThat(connection.untilClosed()).contains(" 400 ").doesNotContain("<html");
    }
  }

  @Test
  void who_sends_nothing_is_disconnected() throws IOException {
    try (RawConnection silent = RawConnection.plain(server.http());
        RawConnection handshakeOnly = connect();
        RawConnection noHandshake = RawConnection.plain(server.https())) {
      assertThat(silent.untilClosed()).isEmpty();
      assertThat(handshakeOnly.untilClosed()).isEmpty();
      assertThat(noHandshake.untilClosed()).isEmpty();
    }
  }

  @Test
  @Timeout(120)
  void who_sends_a_head_byte_by_byte_is_disconnected() throws IOException {
    try (RawConnection slow = RawConnection.plain(server.http())) {
      try {
        slow.send("GET /crl/issuing-1.crl HTTP/1.1\r\n");
        // Never silent for long, and never at an end: the head's size is not what stops this
        while (true) {
          slow.send("a");
          if (slow.closedWithin(200)) {
            return;
          }
        }
      } catch (IOException e) {
        return; // closed while we were sending
      }
    }
  }

  @Test
  void bodies_that_never_end_do_not_take_the_threads() throws IOException {
    List<RawConnection> hanging = new ArrayList<>();
    try {
      for (int i = 0; i < 30; i++) {
        hanging.add(
            connect()
                .send(
                    "POST /v1/enroll HTTP/1.1\r\n"
                        + "Host: localhost\r\n"
                        + "Content-Length: 1000\r\n\r\n"
                        + "x"));
      }
      assertThat(server.anonymous().get("/v1/trust").status()).isEqualTo(200);
      for (RawConnection connection : hanging) {
        assertThat(connection.untilClosed()).doesNotContain(" 200 ");
      }
    } finally {
      for (RawConnection connection : hanging) {
        connection.close();
      }
    }
  }

  @Test
  void one_address_does_not_get_all_connections() throws IOException {
    List<RawConnection> open = new ArrayList<>();
    try {
      for (int i = 0; i < 60; i++) {
        open.add(RawConnection.plain(server.http()));
      }
      // The last ones are closed at once, the first when they have been idle: all end
      assertThat(open.get(59).untilClosed()).isEmpty();
    } finally {
      for (RawConnection connection : open) {
        connection.close();
      }
    }
  }

  @Test
  void connections_that_are_closed_are_not_counted_any_more() throws IOException {
    for (int i = 0; i < 100; i++) {
      try (RawConnection connection = RawConnection.plain(server.http())) {
        connection.send(
            "GET /crl/issuing-1.crl HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(connection.untilClosed()).startsWith("HTTP/1.1 200 ");
      }
    }
  }

  @Test
  void a_caller_who_gives_up_leaves_the_others_alone() throws IOException {
    for (int i = 0; i < 30; i++) {
      try (RawConnection connection = connect()) {
        connection.send("GET /v1/trust?after=1&wait=60s HTTP/1.1\r\nHost: localhost\r\n\r\n");
      }
    }
    server.wiring().polls.wake();
    assertThat(server.anonymous().get("/v1/trust").status()).isEqualTo(200);
  }

  @Test
  void both_versions_of_http_and_of_tls_are_spoken() throws Exception {
    for (HttpClient.Version version : HttpClient.Version.values()) {
      for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
        var parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        HttpClient client =
            HttpClient.newBuilder()
                .sslContext(context)
                .sslParameters(parameters)
                .version(version)
                .build();
        var answer =
            client.send(
                java.net.http.HttpRequest.newBuilder(server.https().resolve("/v1/trust")).build(),
                java.net.http.HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo(protocol);
      }
    }
  }
}
