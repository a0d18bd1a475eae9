package dev.countersign.client.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.Caller.Connection;
import dev.countersign.client.tls.PeerRefused.Reason;
import dev.countersign.client.tls.PeerRefused.Side;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the refused side is told, although the wire tells it next to nothing. */
class TheirRefusalTest {
  @TempDir Path folders;
  private TestAuthority authority;
  private Party orders;
  private Party billing;

  static Stream<Arguments> ways() {
    return HandshakeTest.ways();
  }

  @BeforeEach
  void start() {
    authority = TestAuthority.start();
    orders = Party.enrolled(authority, folders, "orders");
    billing = Party.enrolled(authority, folders, "billing");
    orders.tls.accept(Peers::everyone);
    billing.tls.accept(Peers::everyone);
  }

  @AfterEach
  void stop() {
    orders.close();
    billing.close();
    authority.close();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_client_learns_that_it_may_have_been_refused(
      String protocol, Service.Kind kind, Caller.Kind calling) throws Exception {
    orders.tls.accept(peers -> peers.identities("ledger"));
    try (Service service = kind.start(orders.tls.context())) {
      Throwable failure =
          catchThrowable(() -> calling.of(billing.tls.context(), protocol).call(service));
      PeerRefused refused =
          explained(calling, failure).orElseThrow(() -> new AssertionError(failure));
      assertThat(refused.side()).isEqualTo(Side.THEIRS);
      assertThat(refused.reason()).isEqualTo(Reason.UNKNOWN);
      assertThat(refused.certificate()).contains(billing.credential().certificate());
      assertThat(refused)
          .hasMessageContaining("The server ")
          .hasMessageContaining("spiffe://test.internal/billing")
          .hasMessageContaining("is in its log");
      if (PeerRefused.in(failure).isPresent()) {
        assertThat(billing.refused).contains(refused);
      }
    }
  }

  /** A stack over engines sees the end of a connection before the engine does. */
  private Optional<PeerRefused> explained(Caller.Kind calling, Throwable failure) {
    return calling == Caller.Kind.SOCKETS ? PeerRefused.in(failure) : billing.tls.explain(failure);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_client_that_knows_what_is_wrong_with_itself_says_so(
      String protocol, Service.Kind kind, Caller.Kind calling) throws Exception {
    authority.pass(Duration.ofDays(25));
    orders.tls.keepUp(); // and billing does not
    authority.pass(Duration.ofDays(6));
    try (Service service = kind.start(orders.tls.context())) {
      Throwable failure =
          catchThrowable(() -> calling.of(billing.tls.context(), protocol).call(service));
      assertThat(explained(calling, failure))
          .hasValueSatisfying(
              refused -> {
                assertThat(refused.side()).isEqualTo(Side.THEIRS);
                assertThat(refused.reason()).isEqualTo(Reason.EXPIRED);
                assertThat(refused.advice())
                    .contains("countersign renew --dir " + billing.folder.path());
              });
    }
  }

  /** Over engines alone: on a network the alert may be lost when the client hangs up. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void a_server_learns_that_a_client_has_refused_it(String protocol) throws Exception {
    billing.tls.accept(peers -> peers.identities("ledger"));
    EnginePair pair = new EnginePair(billing.tls.context(), orders.tls.context(), protocol);
    assertThat(PeerRefused.in(catchThrowable(pair::handshake)).map(PeerRefused::side))
        .contains(Side.OURS);
    assertThat(catchThrowable(pair::handshake))
        .satisfies(e -> assertThat(PeerRefused.in(e).map(PeerRefused::side)).contains(Side.THEIRS));
    PeerRefused refused = orders.awaitRefusal();
    assertThat(refused.side()).isEqualTo(Side.THEIRS);
    assertThat(refused.certificate()).contains(orders.credential().certificate());
  }

  @Test
  void a_failure_about_something_else_is_not_explained_by_certificates() {
    assertThat(billing.tls.explain(new java.net.ConnectException("Connection refused"))).isEmpty();
    assertThat(billing.tls.explain(new java.net.SocketTimeoutException("Read timed out")))
        .isEmpty();
    assertThat(billing.tls.explain(new java.net.SocketException("Socket closed"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void a_resumption_that_ends_in_silence_is_suspected_too(String protocol) throws Exception {
    try (Service service = Service.Kind.SOCKETS.start(orders.tls.context())) {
      Caller caller = Caller.Kind.SOCKETS.of(billing.tls.context(), protocol);
      assertThat(caller.call(service)).startsWith("hello");
      authority.revoke(billing.credential().certificate());
      orders.update();
      Throwable failure = catchThrowable(() -> caller.call(service));
      assertThat(PeerRefused.in(failure).map(PeerRefused::side)).contains(Side.THEIRS);

      billing.update(); // now it knows itself
      Throwable next = catchThrowable(() -> caller.call(service));
      assertThat(PeerRefused.in(next).map(PeerRefused::reason)).contains(Reason.DENIED);
    }
  }

  @Test
  void whoever_only_looks_whether_the_port_is_open_is_no_refusal() throws Exception {
    try (Service service = Service.Kind.SOCKETS.start(orders.tls.context())) {
      new Socket(InetAddress.getLoopbackAddress(), service.port()).close();
      while (service.failures.isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(orders.refused).isEmpty();
    }
  }

  @Test
  void a_server_that_does_not_speak_tls_is_no_refusal() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture.runAsync(
          () -> {
            try (Socket socket = plain.accept()) {
              socket.getOutputStream().write("SSH-2.0-OpenSSH\r\n".getBytes());
              socket.getInputStream().readAllBytes();
            } catch (java.io.IOException e) {
              // the test is over
            }
          });
      Throwable failure =
          catchThrowable(
              () ->
                  Caller.Kind.SOCKETS
                      .of(billing.tls.context(), "TLSv1.3")
                      .call("localhost", plain.getLocalPort()));
      assertThat(PeerRefused.in(failure)).isEmpty();
    }
  }

  @Test
  void a_client_that_expects_no_answer_sees_the_end_as_always() throws Exception {
    try (SSLServerSocket door =
        (SSLServerSocket)
            orders
                .tls
                .serverSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<byte[]> received =
          CompletableFuture.supplyAsync(
              () -> {
                try (Socket socket = door.accept()) {
                  return socket.getInputStream().readAllBytes();
                } catch (java.io.IOException e) {
                  throw new AssertionError(e);
                }
              });
      try (Connection connection =
          Connection.open(billing.tls.context(), "TLSv1.3", "localhost", door.getLocalPort())) {
        SSLSocket socket = connection.socket;
        socket.getOutputStream().write(new byte[] {1, 2, 3});
        socket.shutdownOutput();
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(received.get()).containsExactly(1, 2, 3);
      assertThat(billing.refused).isEmpty();
    }
  }
}
