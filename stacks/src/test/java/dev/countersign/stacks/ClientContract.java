package dev.countersign.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.MutualTls;
import dev.countersign.client.tls.PeerRefused;
import dev.countersign.client.tls.PeerRefused.Reason;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for a client on any stack that was handed the context once. */
abstract class ClientContract {
  /** Made once, and used for all calls. */
  interface Client extends AutoCloseable {
    /** The body of the answer to a GET. */
    String get(String url) throws Exception;
  }

  /** One with somebody who closes what is cut. */
  interface ClosingClient extends Client {
    /** Asks nothing, and returns when the connection is closed. */
    void awaitEnd() throws Exception;
  }

  /** The server, which answers with the serial number of its client's certificate, and counts. */
  interface Peer extends AutoCloseable {
    String url();
  }

  @TempDir static Path folders;
  final AtomicInteger served = new AtomicInteger();

  /** Whether connections stay open after an answer. */
  volatile boolean keep;

  private static TestAuthority authority;
  private Party orders;
  private Party billing;
  private Peer peer;

  Peer serve(MutualTls tls) throws Exception {
    return new HttpsPeer(tls, served, () -> keep);
  }

  abstract Client client(MutualTls tls, String protocol) throws Exception;

  @BeforeAll
  static void startAuthority() {
    authority = TestAuthority.start();
  }

  @AfterAll
  static void endAuthority() {
    authority.close();
  }

  @BeforeEach
  void open() throws Exception {
    orders = new Party(authority, folders, "orders");
    billing = new Party(authority, folders, "billing");
    peer = serve(orders.tls);
  }

  @AfterEach
  void close() throws Exception {
    peer.close();
    orders.close();
    billing.close();
  }

  private String url() {
    return peer.url();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void shows_what_was_renewed(String protocol) throws Exception {
    try (Client client = client(billing.tls, protocol)) {
      assertThat(client.get(url())).isEqualTo(billing.serial());
      assertThat(client.get(url())).isEqualTo(billing.serial());
      String before = billing.serial();
      billing.renew();
      assertThat(billing.serial()).isNotEqualTo(before);
      assertThat(client.get(url())).isEqualTo(billing.serial());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void sends_nothing_to_a_server_that_was_denied_not_over_a_resumed_session_either(String protocol)
      throws Exception {
    try (Client client = client(billing.tls, protocol)) {
      client.get(url());
      client.get(url());
      orders.deny();
      billing.learn();
      Throwable failure = catchThrowable(() -> client.get(url()));
      assertThat(PeerRefused.in(failure).map(PeerRefused::reason)).contains(Reason.DENIED);
      assertThat(served).hasValue(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void sends_nothing_over_an_open_connection_to_a_server_that_was_denied(String protocol)
      throws Exception {
    keep = true;
    try (Client client = client(billing.tls, protocol)) {
      client.get(url());
      orders.deny();
      billing.learn();
      assertThat(billing.cutOff).isNotEmpty();
      assertThat(catchThrowable(() -> client.get(url()))).isNotNull();
      assertThat(served).hasValue(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void closes_an_idle_connection_to_a_server_that_was_denied(String protocol) throws Exception {
    keep = true;
    try (Client client = client(billing.tls, protocol)) {
      assumeTrue(client instanceof ClosingClient, "this stack has no way to close one connection");
      client.get(url());
      orders.deny();
      billing.learn();
      ((ClosingClient) client).awaitEnd();
    }
  }
}
