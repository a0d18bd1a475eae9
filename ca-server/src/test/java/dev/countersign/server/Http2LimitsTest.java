package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.config.LimitsConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a caller cannot do with HTTP/2, where many requests share a connection. */
class Http2LimitsTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final long GENEROUS = 60_000;

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
}
