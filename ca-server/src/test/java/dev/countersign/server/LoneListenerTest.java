package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.server.http.BodyBudget;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A listener with routes of its own. */
class LoneListenerTest {
  private static final BodyBudget BODIES = new BodyBudget(8 * 400_000);

  private static LoneListener listener;

  @BeforeAll
  static void start() throws IOException {
    listener = new LoneListener(Duration.ofMinutes(1), BODIES, LoneListenerTest::routes);
  }

  private static void routes(Endpoints endpoints) {
    endpoints.quick(Method.GET, "/small", call -> call.result("small".getBytes(UTF_8)));
    endpoints.quick(Method.POST, "/body", call -> call.result(call.bodyAsBytes()));
    endpoints.waiting(Method.GET, "/unwritable", LoneListenerTest::unwritable);
  }

  private static void unwritable(dev.countersign.server.http.Call call) {
    call.status(-1).result("secret".getBytes(UTF_8)); // no status of HTTP
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    listener.close();
  }

  private static String get(String path) throws IOException {
    return get(listener, path);
  }

  private static String get(LoneListener from, String path) throws IOException {
    try (RawConnection connection = RawConnection.narrow(from.port())) {
      connection.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      return connection.untilClosed();
    }
  }

  private static String post(String body) throws IOException {
    return post("127.0.0.1", body);
  }

  private static String post(String from, String body) throws IOException {
    try (RawConnection connection = RawConnection.narrow(from, listener.port())) {
      connection.send(head(body.length()) + body);
      return connection.untilClosed();
    }
  }

  private static String head(int length) {
    return "POST /body HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  @Test
  void the_bodies_of_one_address_take_no_more_than_its_share_and_leave_the_rest_to_others()
      throws IOException {
    String body = "x".repeat(60_000);
    try (RawConnection first = RawConnection.narrow(listener.port())) {
      first.send(head(64_000) + body); // and the rest is still to come
      await().atMost(Duration.ofSeconds(60)).until(() -> BODIES.taken() >= 240_000);
      assertThat(post(body))
          .startsWith("HTTP/1.1 503 ")
          .containsIgnoringCase("\r\nRetry-After: 1\r\n")
          .contains("urn:countersign:problem:unavailable");
      assertThat(post("127.0.0.2", body)).startsWith("HTTP/1.1 200 ").endsWith(body);
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> BODIES.taken() == 0);
    assertThat(post(body)).startsWith("HTTP/1.1 200 ").endsWith(body);
    await().atMost(Duration.ofSeconds(60)).until(() -> BODIES.taken() == 0);
  }

  @Test
  void the_bodies_of_all_addresses_together_take_no_more_than_there_is_for_them()
      throws IOException {
    List<RawConnection> open = new ArrayList<>();
    try {
      for (int i = 1; i <= 8; i++) {
        RawConnection one = RawConnection.narrow("127.0.0." + i, listener.port());
        open.add(one.send(head(64_000) + "x".repeat(62_500)));
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> BODIES.taken() == 8 * 250_000);
      for (int i = 1; i <= 8; i++) {
        RawConnection one = RawConnection.narrow("127.0.0." + i, listener.port());
        open.add(one.send(head(64_000) + "x".repeat(37_500)));
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> BODIES.taken() == 8 * 400_000);
      assertThat(post("127.0.0.9", "x")).startsWith("HTTP/1.1 503 ");
    } finally {
      for (RawConnection connection : open) {
        connection.close();
      }
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> BODIES.taken() == 0);
    assertThat(post("127.0.0.9", "x")).startsWith("HTTP/1.1 200 ");
    await().atMost(Duration.ofSeconds(60)).until(() -> BODIES.taken() == 0);
  }

  @Test
  void an_answer_that_cannot_be_written_ends_all_the_same_and_is_none() throws IOException {
    assertThat(get("/unwritable")).startsWith("HTTP/1.1 500 ").doesNotContain("secret");
    assertThat(get("/small")).endsWith("small");
  }

  @Test
  void who_would_wait_for_a_thread_is_told_at_once_to_come_back() throws Exception {
    try (LoneListener lagging =
        new LoneListener(
            LoneListener.LONG,
            LoneListener.LONG,
            Duration.ofNanos(-1), // each is too long
            BODIES,
            LoneListenerTest::routes)) {
      assertThat(get(lagging, "/small"))
          .startsWith("HTTP/1.1 503 ")
          .containsIgnoringCase("\r\nRetry-After: 1\r\n")
          .contains("application/problem+json", "ask again in a moment");
    }
  }
}
