package dev.countersign.client.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.Caller.Connection;
import dev.countersign.client.tls.PeerRefused.Reason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who was let in before is thrown out: out of sessions, out of connections. */
class DenialTest {
  @TempDir Path folders;
  private TestAuthority authority;
  private Party orders;
  private Party billing;
  private Party ledger;

  static Stream<Arguments> ways() {
    return Stream.of("TLSv1.3", "TLSv1.2")
        .flatMap(
            protocol -> Stream.of(Service.Kind.values()).map(kind -> Arguments.of(protocol, kind)));
  }

  @BeforeEach
  void start() {
    authority = TestAuthority.start();
    orders = Party.enrolled(authority, folders, "orders");
    billing = Party.enrolled(authority, folders, "billing");
    ledger = Party.enrolled(authority, folders, "ledger");
    orders.tls.accept(peers -> peers.identities("billing", "ledger"));
    billing.tls.accept(peers -> peers.identities("orders"));
    ledger.tls.accept(peers -> peers.identities("orders"));
  }

  @AfterEach
  void stop() {
    orders.close();
    billing.close();
    ledger.close();
    authority.close();
  }

  private static Connection open(Party party, String protocol, Service service) throws IOException {
    return Connection.open(party.tls.context(), protocol, "localhost", service.port());
  }

  /** When the session was made that this connection is of: a resumed one keeps its time. */
  private static long session(Party party, String protocol, Service service) throws IOException {
    try (Connection connection = open(party, protocol, service)) {
      assertThat(connection.call("/keep")).startsWith("hello");
      return connection.socket.getSession().getCreationTime();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_session_of_before_the_denial_is_not_resumed(String protocol, Service.Kind kind)
      throws Exception {
    try (Service service = kind.start(orders.tls.context())) {
      long full = session(billing, protocol, service);
      assertThat(session(billing, protocol, service)).as("resumed").isEqualTo(full);
      int served = service.served.get();

      authority.revoke(billing.credential().certificate());
      orders.update();
      PeerRefused refused = refusalOfWhoSaysNothing(protocol, service);
      assertThat(refused.reason()).isEqualTo(Reason.DENIED);
      assertThat(refused).hasMessageContaining("keyCompromise");
      assertThat(refused.certificate()).contains(billing.credential().certificate());
      assertThat(service.served).hasValue(served);
    }
  }

  /** The end of the handshake is enough: no byte of the application has to come. */
  private PeerRefused refusalOfWhoSaysNothing(String protocol, Service service) throws Exception {
    try (Connection silent = open(billing, protocol, service)) {
      return orders.awaitOwnRefusal();
    } catch (IOException e) {
      return orders.awaitOwnRefusal(); // refused before this side had finished
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_client_does_not_resume_with_a_server_that_was_denied(String protocol, Service.Kind kind)
      throws Exception {
    try (Service service = kind.start(orders.tls.context())) {
      long full = session(billing, protocol, service);
      assertThat(session(billing, protocol, service)).as("resumed").isEqualTo(full);
      int served = service.served.get();

      authority.revoke(orders.credential().certificate());
      billing.update();
      Throwable failure = catchThrowable(() -> session(billing, protocol, service));
      assertThat(PeerRefused.in(failure).map(PeerRefused::reason)).contains(Reason.DENIED);
      assertThat(service.served).hasValue(served);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void tickets_of_before_are_dead_once_a_denied_peer_has_tried_one(
      String protocol, Service.Kind kind) throws Exception {
    try (Service service = kind.start(orders.tls.context())) {
      long before = session(ledger, protocol, service);
      session(billing, protocol, service);
      authority.revoke(billing.credential().certificate());
      orders.update();
      assertThat(session(ledger, protocol, service))
          .as("others go on with their sessions after news that is not about them")
          .isEqualTo(before);
      assertThat(catchThrowable(() -> session(billing, protocol, service)))
          .isInstanceOf(IOException.class);
      orders.awaitOwnRefusal();
      assertThat(session(ledger, protocol, service)).as("a full handshake").isNotEqualTo(before);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void live_connections_of_a_denied_peer_are_cut_and_no_others(String protocol, Service.Kind kind)
      throws Exception {
    try (Service service = kind.start(orders.tls.context());
        Connection denied = open(billing, protocol, service);
        Connection bystander = open(ledger, protocol, service)) {
      assertThat(denied.call("/keep")).startsWith("hello");
      assertThat(bystander.call("/keep")).startsWith("hello");
      int served = service.served.get();

      authority.revoke(billing.credential().certificate());
      orders.update();
      assertThat(orders.cutOff).hasSize(1);
      assertThat(catchThrowable(() -> denied.call("/keep"))).isInstanceOf(IOException.class);
      assertThat(service.served).hasValue(served);
      assertThat(bystander.call("/keep")).startsWith("hello");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void an_idle_socket_of_a_denied_peer_is_closed_without_a_byte_from_anybody(String protocol)
      throws Exception {
    try (Service service = Service.Kind.SOCKETS.start(orders.tls.context());
        Connection connection = open(billing, protocol, service)) {
      assertThat(connection.call("/keep")).startsWith("hello");
      authority.revoke(billing.credential().certificate());
      orders.update();
      try {
        assertThat(connection.socket.getInputStream().read()).isEqualTo(-1);
      } catch (IOException e) {
        assertThat(e).isNotInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void who_reads_from_a_denied_peer_is_woken_and_told_why(String protocol, Service.Kind kind)
      throws Exception {
    try (Service service = kind.start(orders.tls.context());
        Connection connection = open(billing, protocol, service)) {
      assertThat(connection.call("/keep")).startsWith("hello");
      connection.socket.setSoTimeout(0);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread reader =
          new Thread(
              () -> failure.set(catchThrowable(() -> connection.socket.getInputStream().read())));
      reader.setDaemon(true);
      reader.start();
      while (Stream.of(reader.getStackTrace()).noneMatch(e -> e.getMethodName().equals("park"))) {
        Thread.onSpinWait(); // until it waits for the network
      }
      authority.revoke(orders.credential().certificate());
      billing.update();
      reader.join(30_000);
      assertThat(PeerRefused.in(failure.get()).map(PeerRefused::reason)).contains(Reason.DENIED);
      assertThat(billing.cutOff).containsExactly(connection.socket);
      assertThat(catchThrowable(() -> connection.socket.getOutputStream().write(1)))
          .satisfies(e -> assertThat(PeerRefused.in(e)).isPresent());
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_narrower_list_ends_sessions_and_connections_and_a_wider_one_none(
      String protocol, Service.Kind kind) throws Exception {
    try (Service service = kind.start(orders.tls.context());
        Connection open = open(billing, protocol, service);
        Connection bystander = open(ledger, protocol, service)) {
      assertThat(open.call("/keep")).startsWith("hello");
      assertThat(bystander.call("/keep")).startsWith("hello");
      long before = session(ledger, protocol, service);

      orders.tls.accept(peers -> peers.identities("billing", "ledger", "audit"));
      assertThat(open.call("/keep")).startsWith("hello");
      assertThat(session(ledger, protocol, service)).isEqualTo(before);

      orders.tls.accept(peers -> peers.identities("ledger"));
      assertThat(orders.cutOff).hasSize(1);
      assertThat(catchThrowable(() -> open.call("/keep"))).isInstanceOf(IOException.class);
      assertThat(bystander.call("/keep")).startsWith("hello");
      assertThat(session(ledger, protocol, service)).isNotEqualTo(before);
      orders.forget();
      assertThat(catchThrowable(() -> session(billing, protocol, service)))
          .isInstanceOf(IOException.class);
      assertThat(orders.awaitOwnRefusal().reason()).isEqualTo(Reason.NOT_ACCEPTED);
    }
  }
}
