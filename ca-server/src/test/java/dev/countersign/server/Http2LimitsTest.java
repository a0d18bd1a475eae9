package dev.countersign.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.server.config.LimitsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a caller cannot do with HTTP/2, where many requests share a connection. */
class Http2LimitsTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final long GENEROUS = 60_000;
  private static final int MOST = 40;

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
                    MOST,
                    Duration.ofSeconds(3),
                    usual.perAddress(),
                    usual.perIdentity()),
                null));
    context = TestClient.context(server.root(), null);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Http2Connection open(Map<Integer, Integer> settings) throws IOException {
    return Http2Connection.open(server.https(), context, settings);
  }

  /** One frame every 200 ms, so that nothing is idle and nothing a flood, until it is over. */
  private interface Drip {
    void send() throws IOException;
  }

  private static Optional<Http2Connection.Frame> dripUntil(
      Http2Connection connection, int type, Drip drip) throws IOException {
    long end = CLOCK.millis() + GENEROUS;
    while (CLOCK.millis() < end) {
      drip.send();
      long until = CLOCK.millis() + 200;
      while (CLOCK.millis() < until) {
        Optional<Http2Connection.Frame> frame = connection.poll(20);
        if (frame.isPresent() && frame.get().is(type)) {
          return frame;
        }
      }
    }
    throw new AssertionError("no frame of type " + type + " came");
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  @Test
  void who_takes_a_byte_now_and_then_loses_the_stream_and_only_that() throws IOException {
    try (Http2Connection connection = open(Map.of(Http2Connection.INITIAL_WINDOW_SIZE, 0))) {
      int stream = connection.get("/v1/trust");
      Http2Connection.Frame reset =
          dripUntil(
                  connection,
                  Http2Connection.RST_STREAM,
                  () -> connection.send(Http2Connection.WINDOW_UPDATE, 0, stream, number(1)))
              .orElseThrow();
      assertThat(reset.stream()).isEqualTo(stream);
      int next = connection.get("/v1/trust");
      connection.send(Http2Connection.WINDOW_UPDATE, 0, next, number(1 << 20));
      assertThat(connection.next(Http2Connection.DATA).stream()).isEqualTo(next);
    }
  }

  @Test
  void a_body_of_nothing_does_not_go_on_for_ever() throws IOException {
    try (Http2Connection connection = open(Map.of())) {
      int stream = connection.nextStream();
      connection.send(
          Http2Connection.HEADERS,
          Http2Connection.END_HEADERS,
          stream,
          Http2Connection.head("POST", "/v1/enroll", Map.of()));
      dripUntil(
          connection,
          Http2Connection.RST_STREAM,
          () -> connection.send(Http2Connection.DATA, 0, stream, new byte[0]));
    }
  }

  @Test
  void a_body_that_never_begins_ends_though_its_stream_is_not_silent() throws IOException {
    try (Http2Connection connection = open(Map.of())) {
      int stream = connection.nextStream();
      connection.send(
          Http2Connection.HEADERS,
          Http2Connection.END_HEADERS,
          stream,
          Http2Connection.head("POST", "/v1/enroll", Map.of()));
      dripUntil(
          connection,
          Http2Connection.RST_STREAM,
          () -> connection.send(Http2Connection.WINDOW_UPDATE, 0, stream, number(1)));
    }
  }

  @Test
  void who_reads_nothing_at_all_is_disconnected_though_never_silent() throws IOException {
    try (Http2Connection connection =
        open(Map.of(Http2Connection.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE))) {
      connection.send(Http2Connection.WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE - 65_535));
      for (int i = 0; i < 20; i++) {
        connection.get("/assets/swagger-ui-bundle.js");
      }
      TestClient other = server.anonymous();
      long next = 0;
      for (long end = CLOCK.millis() + GENEROUS; CLOCK.millis() < end; ) {
        assertThat(other.get("/v1/trust").status()).isEqualTo(200);
        if (CLOCK.millis() > next) {
          connection.send(Http2Connection.PING, 0, 0, new byte[8]);
          next = CLOCK.millis() + 200;
        }
      }
    } catch (IOException e) {
      return; // closed while we were sending
    }
    throw new AssertionError("never disconnected");
  }

  private static void untilClosed(Http2Connection connection, Drip drip) {
    AtomicBoolean closed = new AtomicBoolean();
    try {
      dripUntil(connection, Http2Connection.NO_FRAME, drip);
    } catch (IOException e) {
      closed.set(true);
    }
    assertThat(closed).isTrue();
  }

  @Test
  void who_only_connects_is_disconnected_though_never_silent() throws IOException {
    try (Http2Connection pinging = open(Map.of())) {
      untilClosed(pinging, () -> pinging.send(Http2Connection.PING, 0, 0, new byte[8]));
    }
    try (Http2Connection greeting = Http2Connection.silent(server.https(), context)) {
      byte[] preface = Http2Connection.PREFACE;
      AtomicInteger next = new AtomicInteger();
      // The last byte does not come
      untilClosed(
          greeting,
          () -> {
            if (next.get() < preface.length - 1) {
              greeting.write(preface[next.getAndIncrement()]);
            }
          });
    }
  }

  @Test
  void who_never_ends_a_head_is_disconnected() throws IOException {
    byte[] head = Http2Connection.head("GET", "/v1/trust", Map.of());
    try (Http2Connection slow = open(Map.of())) {
      AtomicInteger next = new AtomicInteger();
      int stream = slow.nextStream();
      slow.send(Http2Connection.HEADERS, 0, stream, new byte[0]);
      untilClosed(
          slow,
          () ->
              slow.send(
                  Http2Connection.CONTINUATION,
                  0,
                  stream,
                  new byte[] {head[next.getAndIncrement() % 8]}));
    }
  }

  @Test
  void who_is_asked_nothing_hears_that_it_may_go() throws IOException {
    try (Http2Connection idle = open(Map.of())) {
      idle.get("/v1/trust.pem");
      idle.next(Http2Connection.DATA);
      assertThat(idle.untilClosed()).contains(0); // RFC 9113 7: no error
    }
  }

  @Test
  void limits_are_announced_and_kept() throws IOException {
    try (Http2Connection connection = open(Map.of())) {
      Http2Connection.Frame settings = connection.next(Http2Connection.SETTINGS);
      assertThat(settings.setting(Http2Connection.MAX_CONCURRENT_STREAMS)).contains(128);
      assertThat(settings.setting(Http2Connection.MAX_HEADER_LIST_SIZE)).contains(8192);
    }
  }

  @Test
  void a_head_that_is_too_long_is_not_read_to_its_end() throws IOException {
    byte[] junk = Http2Connection.head("GET", "/" + "x".repeat(9000), Map.of());
    try (Http2Connection connection = open(Map.of())) {
      connection.send(
          Http2Connection.HEADERS,
          Http2Connection.END_HEADERS | Http2Connection.END_STREAM,
          connection.nextStream(),
          junk);
      connection.untilClosed();
    }
    try (Http2Connection endless = open(Map.of())) {
      endless.send(Http2Connection.HEADERS, 0, endless.nextStream(), new byte[0]);
      flood(endless, () -> endless.send(Http2Connection.CONTINUATION, 0, 1, new byte[1024]));
    }
  }

  /** Nothing is read meanwhile; on a busy machine all is sent before the server has read much. */
  private static void flood(Http2Connection connection, Drip frames) {
    try {
      for (int i = 0; i < 20_000; i++) {
        frames.send();
      }
    } catch (IOException e) {
      return; // closed while we were sending
    }
    assertThat(connection.untilClosed()).contains(Http2Connection.ENHANCE_YOUR_CALM);
  }

  @Test
  void floods_end_the_connection() throws IOException {
    try (Http2Connection connection = open(Map.of())) {
      flood(connection, () -> connection.send(Http2Connection.PING, 0, 0, new byte[8]));
    }
    try (Http2Connection connection = open(Map.of())) {
      flood(connection, () -> connection.send(Http2Connection.SETTINGS, 0, 0, new byte[0]));
    }
    try (Http2Connection connection = open(Map.of())) {
      // CVE-2023-44487
      flood(
          connection,
          () ->
              connection.send(
                  Http2Connection.RST_STREAM, 0, connection.get("/v1/trust"), number(8)));
    }
  }

  @Test
  void an_address_has_no_more_requests_open_than_connections() throws IOException {
    // Requests of the other tests may not be over yet
    InetAddress own = InetAddress.getByName("127.0.0.2");
    try (Http2Connection connection = Http2Connection.openFrom(own, server.https(), context)) {
      for (int i = 0; i < MOST; i++) {
        connection.get("/v1/trust?after=1&wait=60s");
      }
      // Requests of one connection are not begun in their order
      await().atMost(GENEROUS, MILLISECONDS).until(() -> server.wiring().polls.waiting() == MOST);
      int more = connection.get("/v1/trust");
      Http2Connection.Frame reset = connection.next(Http2Connection.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(more);
      assertThat(reset.error()).isEqualTo(Http2Connection.REFUSED_STREAM);
      server.wiring().polls.wake();
      for (int i = 0; i < MOST; i++) {
        connection.next(Http2Connection.HEADERS);
      }
      int again = connection.get("/v1/trust");
      assertThat(connection.next(Http2Connection.DATA).stream()).isEqualTo(again);
    }
  }
}
