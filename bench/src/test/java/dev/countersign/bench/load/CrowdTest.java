package dev.countersign.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a server of a few lines that answers to GET /STATUS with that status. */
class CrowdTest {
  private static final double LONG = 600; // seconds; what is measured here ends by itself

  private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService server = Executors.newCachedThreadPool();
  private final Crowd crowd = new Crowd(3, LONG, () -> new Usage(0, 0, 0));

  CrowdTest() throws IOException {
    server.submit(
        () -> {
          while (true) {
            Socket socket = listening.accept();
            server.submit(() -> answer(socket));
          }
        });
  }

  @AfterEach
  void stop() throws IOException {
    server.shutdownNow();
    listening.close();
  }

  private static void answer(Socket socket) {
    try (socket) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String path = line.split(" ")[1].substring(1);
        while (!in.readLine().isEmpty()) {}
        if (path.equals("hang-up")) {
          return;
        }
        String fields =
            path.equals("429")
                ? "Retry-After: 1\r\nContent-Length: 2\r\n\r\nno"
                : "content-length:  3\r\n\r\nyes";
        String chunked = "Transfer-Encoding: chunked\r\n\r\n2\r\nye\r\n1\r\ns\r\n0\r\n\r\n";
        String answer =
            path.equals("chunked")
                ? "HTTP/1.1 200 OK\r\n" + chunked
                : "HTTP/1.1 " + path + " Word\r\n" + fields;
        socket.getOutputStream().write(answer.getBytes(US_ASCII));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpConnection dial() throws IOException {
    return new HttpConnection(new Socket(listening.getInetAddress(), listening.getLocalPort()));
  }

  private Load once(String path, int count) {
    return Prepared.once(this::dial, Collections.nCopies(count, HttpConnection.get("/" + path)));
  }

  @Test
  void counts_what_was_answered_with_success() throws Exception {
    Outcome outcome = crowd.closed(once("200", 50));

    assertThat(outcome.accepted().count()).isEqualTo(50);
    assertThat(outcome.refusedPart()).isZero();
    assertThat(outcome.broken()).isZero();
    assertThat(outcome.perSecond()).isPositive();
  }

  @Test
  void counts_refusals_apart_and_misses_their_retry_after() throws Exception {
    Outcome polite = crowd.closed(once("429", 50));
    Outcome rude = crowd.closed(once("503", 50));

    assertThat(polite.refusedPart()).isEqualTo(1);
    assertThat(polite.withoutRetryAfter()).isZero();
    assertThat(rude.withoutRetryAfter()).isEqualTo(50);
    assertThat(rude.accepted().count()).isZero();
  }

  @Test
  void connects_again_where_the_server_hangs_up() throws Exception {
    Outcome outcome =
        crowd.closed(
            Prepared.once(
                this::dial,
                List.of(
                    HttpConnection.get("/200"),
                    HttpConnection.get("/hang-up"),
                    HttpConnection.get("/200"),
                    HttpConnection.get("/hang-up"),
                    HttpConnection.get("/200"),
                    HttpConnection.get("/200"))));

    assertThat(outcome.accepted().count()).isEqualTo(4);
    assertThat(outcome.broken()).isEqualTo(2);
  }

  @Test
  void goes_on_while_some_of_the_requests_are_answered() throws Exception {
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      requests.add(HttpConnection.get("/hang-up"));
      requests.add(HttpConnection.get("/200"));
    }

    Outcome outcome =
        new Crowd(1, LONG, () -> new Usage(0, 0, 0)).closed(Prepared.once(this::dial, requests));

    assertThat(outcome.accepted().count()).isEqualTo(150);
    assertThat(outcome.broken()).isEqualTo(150);
  }

  @Test
  void ends_when_a_server_answers_what_should_not_be() {
    assertThatThrownBy(() -> crowd.closed(once("404", 50)))
        .isInstanceOf(IOException.class)
        .hasMessage("a request was answered with 404: yes");
  }

  @Test
  void ends_when_all_connections_come_to_nothing() {
    assertThatThrownBy(() -> crowd.closed(once("hang-up", 1000)))
        .isInstanceOf(IOException.class)
        .hasMessage("100 connections in a row came to nothing: the server closed the connection");
  }

  @Test
  void sends_as_many_as_a_rate_says() throws Exception {
    Load all = Prepared.again(this::dial, List.of(HttpConnection.get("/200")));

    Outcome outcome = new Crowd(2, 0.1, () -> new Usage(0, 0, 0)).open(all, 500);

    assertThat(outcome.accepted().count()).isEqualTo(50);
    assertThat(outcome.seconds()).isGreaterThan(0.09);
  }

  @Test
  void reads_bodies_with_a_length_and_in_chunks() throws Exception {
    try (HttpConnection connection = dial()) {
      assertThat(connection.ask(HttpConnection.get("/200")).body()).asString().isEqualTo("yes");
      assertThat(connection.ask(HttpConnection.get("/chunked")).body()).asString().isEqualTo("yes");
      assertThat(connection.skim(HttpConnection.get("/chunked")).body()).isEmpty();
      assertThat(connection.skim(HttpConnection.get("/200")).status()).isEqualTo(200);
    }
  }
}
