package dev.countersign.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.pki.EnrollmentString;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever comes instead of an answer: a clear sentence, and the same string works when the
 * authority is back.
 */
class WrongAnswersTest {
  private static final int LARGEST = 1 << 20;
  // Whatever the machine is doing: no fault is to be told as slowness
  private static final Patience PATIENT =
      new Patience(Patience.DEFAULT.connect(), Patience.DEFAULT.answer(), LARGEST);

  @TempDir Path temp;
  private Scene scene;

  @BeforeEach
  void start() {
    scene = new Scene(temp.resolve("orders"));
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  private void unusable(AuthorityDouble.Fault fault, String... told) {
    EnrollmentString string = scene.authority.string("orders");
    scene.authority.fault = fault;
    assertThatThrownBy(() -> scene.enroll(string, scene.folder, Scene.with(PATIENT)))
        .satisfies(e -> unreachable(e, told));
    getsOneWhenTheAuthorityIsBack(string);
  }

  private static void unreachable(@Nullable Throwable failure, String... told) {
    assertThat(failure)
        .hasMessageContainingAll(told)
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
  }

  private void getsOneWhenTheAuthorityIsBack(EnrollmentString string) {
    assertThat(scene.folder.isUsed()).isFalse();
    scene.authority.fault = exchange -> false;
    assertThat(scene.enroll(string, scene.folder, Enrollment.Options.USUAL).certificate())
        .isEqualTo(scene.authority.issued.get(0));
    assertThat(scene.authority.issued).hasSize(1);
  }

  @Test
  void html() {
    unusable(
        exchange -> {
          AuthorityDouble.send(
              exchange,
              200,
              "text/html; charset=utf-8",
              "<html><title>Log in</title>".getBytes(UTF_8));
          return true;
        },
        "an HTML page titled \"Log in\"",
        "/v1/enroll",
        "not a proxy's");
  }

  @Test
  void an_error_page() {
    unusable(
        exchange -> {
          AuthorityDouble.send(
              exchange, 502, "text/html", "<TITLE>502 \u001b[31mBad</TITLE>".getBytes(UTF_8));
          return true;
        },
        "status 502",
        "titled \"502  [31mBad\"");
  }

  @Test
  void a_redirect() {
    unusable(
        exchange -> {
          exchange.getResponseHeaders().set("Location", "https://evil.example/");
          AuthorityDouble.send(exchange, 302, "text/plain", new byte[0]);
          return true;
        },
        "a redirect to https://evil.example/, which is not followed");
  }

  @Test
  void a_body_without_end() {
    unusable(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, 0);
          byte[] blanks = " ".repeat(65536).getBytes(UTF_8);
          try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 1000; i++) {
              out.write(blanks);
            }
          } catch (IOException e) {
            // hung up on, as it should be
          }
          return true;
        },
        "more than 1048576 bytes");
  }

  @Test
  void half_an_answer() {
    unusable(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write("{\"serial\":".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          exchange.close();
          return true;
        },
        "before its answer was whole");
  }

  @Test
  void broken_json() {
    unusable(
        exchange -> {
          AuthorityDouble.send(exchange, 200, "application/json", "{\"serial\": 1".getBytes(UTF_8));
          return true;
        },
        "JSON that cannot be read");
  }

  @Test
  void another_type() {
    unusable(
        exchange -> {
          AuthorityDouble.send(exchange, 200, "text/plain", "ok".getBytes(UTF_8));
          return true;
        },
        "text/plain where application/json was expected");
  }

  @Test
  void a_refusal_that_is_none() {
    unusable(
        exchange -> {
          AuthorityDouble.send(exchange, 403, "text/plain", "no".getBytes(UTF_8));
          return true;
        },
        "status 403");
  }

  @Test
  void a_slow_answer() {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    scene.authority.fault =
        exchange -> {
          asked.countDown();
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(' ');
          exchange.getResponseBody().flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        };
    EnrollmentString string = scene.authority.string("orders");
    @Nullable Throwable failure = null;
    // On a busy machine, the connection alone may take longer than a short patience
    for (Duration patience = Duration.ofMillis(400);
        asked.getCount() > 0 && patience.toSeconds() < 60;
        patience = patience.multipliedBy(2)) {
      Enrollment.Options hasty = Scene.with(new Patience(patience, patience, LARGEST));
      failure = catchThrowable(() -> scene.enroll(string, scene.folder, hasty));
    }
    unreachable(failure, "did not answer in full within");
    over.countDown();
    getsOneWhenTheAuthorityIsBack(string);
  }

  @Test
  void a_refusal_is_not_tried_at_the_next_url() {
    scene.authority.fault =
        exchange -> {
          AuthorityDouble.send(
              exchange,
              403,
              "application/problem+json",
              "{\"type\":\"urn:countersign:problem:not-allowed\",\"detail\":\"No.\"}"
                  .getBytes(UTF_8));
          return true;
        };
    EnrollmentString string =
        scene.authority.string(
            "orders",
            1,
            List.of(scene.authority.url(), URI.create(scene.authority.url() + "/second")),
            List.of(scene.ca.root().pin()));
    assertThatThrownBy(() -> scene.enroll(string, scene.folder, Enrollment.Options.USUAL))
        .hasMessageContaining("refused (not-allowed): No.");
    assertThat(scene.authority.requests).hasSize(1);
  }

  @Test
  void a_dead_port_and_an_unknown_host_are_told_apart() {
    EnrollmentString string =
        scene.authority.string(
            "orders",
            1,
            List.of(URI.create("https://localhost:1"), URI.create("https://nowhere.invalid")),
            List.of(scene.ca.root().pin()));
    assertThatThrownBy(() -> scene.enroll(string, scene.folder, Enrollment.Options.USUAL))
        .hasMessageContaining("None of the authority's 2 URLs")
        .hasMessageContaining("https://localhost:1 cannot be reached: the connection was refused")
        .hasMessageContaining(
            "https://nowhere.invalid cannot be reached: the host name is not known");
  }

  @Test
  void a_server_that_speaks_no_tls() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread speaking =
          new Thread(
              () -> {
                try (Socket socket = server.accept()) {
                  socket.getInputStream().read();
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
                  socket.getOutputStream().flush();
                  socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // the client hung up
                }
              });
      speaking.setDaemon(true);
      speaking.start();
      EnrollmentString string =
          scene.authority.string(
              "orders",
              1,
              List.of(URI.create("https://localhost:" + server.getLocalPort())),
              List.of(scene.ca.root().pin()));
      assertThatThrownBy(() -> scene.enroll(string, scene.folder, Enrollment.Options.USUAL))
          .hasMessageContaining("does not speak TLS on this port");
    }
  }

  @Test
  void an_unreachable_authority_and_an_old_string() {
    EnrollmentString string =
        scene.authority.string(
            "orders",
            1,
            List.of(URI.create("https://localhost:1")),
            List.of(scene.ca.root().pin()));
    scene.clock.advance(Duration.ofHours(2));
    assertThatThrownBy(() -> scene.enroll(string, scene.folder, Enrollment.Options.USUAL))
        .hasMessageContaining("The string itself expired at " + string.notAfter());
  }
}
