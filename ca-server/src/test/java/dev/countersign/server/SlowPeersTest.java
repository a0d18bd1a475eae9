package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.http.BodyBudget;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A listener alone, with two threads and two seconds for whatever is the peer's to do. */
class SlowPeersTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final long GENEROUS = 60_000;
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  // More than the operating systems at both ends take on their own
  private static final byte[] LARGE = new byte[4 << 20];
  // Bytes a second; 64 KiB in the two seconds is what is asked for
  private static final int SLOW = 8 * 1024;
  private static final int STEADY = 512 * 1024;

  private static LoneListener listener;

  @BeforeAll
  static void start() throws IOException {
    listener = new LoneListener(PATIENCE, BodyBudget.ofHeap(8), SlowPeersTest::routes);
  }

  private static void routes(Endpoints endpoints) {
    endpoints.quick(Method.GET, "/small", call -> call.result("small".getBytes(UTF_8)));
    endpoints.quick(Method.GET, "/quick", call -> call.result(LARGE));
    endpoints.waiting(Method.GET, "/waiting", call -> call.result(LARGE));
    endpoints.quick(Method.POST, "/length", SlowPeersTest::length);
  }

  private static void length(dev.countersign.server.http.Call call) {
    call.result(String.valueOf(call.bodyAsBytes().length).getBytes(UTF_8));
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    listener.close();
  }

  private static RawConnection ask(String head) throws IOException {
    return RawConnection.narrow(listener.port()).send(head + " HTTP/1.1\r\nHost: localhost\r\n");
  }

  private static void everybody_else_is_served(long end) throws IOException {
    assertThat(CLOCK.millis()).as("still not cut off").isLessThan(end);
    try (RawConnection other = ask("GET /small").send("Connection: close\r\n\r\n")) {
      assertThat(other.untilClosed()).endsWith("small");
    }
  }

  @Test
  void large_answers_that_nobody_reads_hold_no_thread_and_are_cut_off() throws IOException {
    List<RawConnection> deaf = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) {
        deaf.add(ask("GET /quick").send("\r\n"));
        deaf.add(ask("GET /waiting").send("\r\n"));
      }
      everybody_else_is_served(CLOCK.millis() + GENEROUS);
      for (RawConnection connection : deaf) {
        untilReset(connection);
      }
    } finally {
      for (RawConnection connection : deaf) {
        connection.close();
      }
    }
  }

  /** What is sent to somebody who has closed is answered with a reset. */
  private static void untilReset(RawConnection connection) throws IOException {
    long end = CLOCK.millis() + GENEROUS;
    while (true) {
      everybody_else_is_served(end);
      try {
        connection.send("\r\n");
      } catch (IOException e) {
        return;
      }
    }
  }

  @Test
  void who_reads_too_slowly_is_cut_off_though_never_idle() throws IOException {
    try (RawConnection slow = ask("GET /quick").send("\r\n")) {
      long start = CLOCK.millis();
      for (long total = 0; total < LARGE.length; everybody_else_is_served(start + GENEROUS)) {
        long allowed = (CLOCK.millis() - start) * SLOW / 1000 - total;
        if (allowed > 0) {
          total += slow.take((int) allowed);
        }
        try {
          slow.send("\r\n");
        } catch (IOException e) {
          return; // closed while we were reading
        }
      }
    }
    throw new AssertionError("never cut off");
  }

  @Test
  void who_reads_slowly_but_steadily_gets_all() throws IOException {
    try (RawConnection steady = ask("GET /quick").send("Connection: close\r\n\r\n")) {
      long start = CLOCK.millis();
      long total = 0;
      for (int taken = 0; taken >= 0; everybody_else_is_served(start + GENEROUS)) {
        long allowed = (CLOCK.millis() - start) * STEADY / 1000 - total;
        taken = allowed > 0 ? steady.take((int) allowed) : 0;
        total += taken;
      }
      // Much longer than the time for a piece
      assertThat(total).isGreaterThan(LARGE.length);
      assertThat(CLOCK.millis() - start).isGreaterThan(2 * PATIENCE.toMillis());
    }
  }

  @Test
  void a_body_that_comes_byte_by_byte_is_answered_in_time() throws IOException {
    try (RawConnection slow = ask("POST /length").send("Transfer-Encoding: chunked\r\n\r\n")) {
      long end = CLOCK.millis() + GENEROUS;
      while (!slow.closedWithin(200)) {
        everybody_else_is_served(end);
        try {
          slow.send("1\r\nx\r\n");
        } catch (IOException e) {
          return; // closed while we were sending
        }
      }
    }
  }

  @Test
  void a_body_that_never_begins_is_answered_in_time() throws IOException {
    try (RawConnection silent = ask("POST /length").send("Content-Length: 5\r\n\r\n")) {
      assertThat(silent.untilClosed())
          .startsWith("HTTP/1.1 408 ")
          .contains("urn:countersign:problem:http-408");
    }
  }
}
