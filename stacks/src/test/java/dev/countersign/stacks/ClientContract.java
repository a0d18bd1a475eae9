package dev.countersign.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.MutualTls;
import dev.countersign.client.tls.PeerRefused;
import dev.countersign.client.tls.PeerRefused.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
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

  @TempDir Path folders;
  private final AtomicInteger served = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean keep;
  private TestAuthority authority;
  private Party orders;
  private Party billing;
  private HttpsServer server;

  ClientContract() {
    try {
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  abstract Client client(MutualTls tls, String protocol) throws Exception;

  @BeforeEach
  void enrol() {
    authority = TestAuthority.start();
    orders = new Party(authority, folders, "orders");
    billing = new Party(authority, folders, "billing");
    SSLContext context = orders.tls.context();
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            served.incrementAndGet();
            java.security.cert.X509Certificate peer =
                (java.security.cert.X509Certificate)
                    ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
            byte[] body = peer.getSerialNumber().toString(16).getBytes(StandardCharsets.US_ASCII);
            if (!keep) {
              exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
    threads.shutdownNow();
    orders.close();
    billing.close();
    authority.close();
  }

  private String url() {
    return "https://localhost:" + server.getAddress().getPort() + "/";
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
      orders.revoke();
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
      orders.revoke();
      billing.learn();
      assertThat(billing.cutOff).hasSize(1);
      assertThat(catchThrowable(() -> client.get(url()))).isNotNull();
      assertThat(served).hasValue(1);
    }
  }
}
