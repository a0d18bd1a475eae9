package dev.countersign.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.MutualTls;
import dev.countersign.client.tls.PeerRefused.Reason;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for a server on any stack that was handed the context once. */
abstract class ServerContract {
  /** Answers GET / with anything, and counts. */
  interface Running extends AutoCloseable {
    int port();
  }

  final AtomicInteger served = new AtomicInteger();
  @TempDir static Path folders;
  private static TestAuthority authority;
  private Party orders;
  private Party billing;

  abstract Running start(MutualTls tls) throws Exception;

  /** Whether there is somebody who closes what is cut; otherwise it ends with the next byte. */
  boolean closesAtOnce() {
    return false;
  }

  Call connect(SSLContext context, String protocol, int port) throws Exception {
    return new RawCall(context, protocol, port);
  }

  @BeforeAll
  static void startAuthority() {
    authority = TestAuthority.start();
  }

  @AfterAll
  static void endAuthority() {
    authority.close();
  }

  @BeforeEach
  void open() {
    orders = new Party(authority, folders, "orders");
    billing = new Party(authority, folders, "billing");
  }

  @AfterEach
  void close() {
    orders.close();
    billing.close();
    // Each Tomcat leaves them to the next, which makes the folder of the first anew
    System.clearProperty("catalina.base");
    System.clearProperty("catalina.home");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void shows_what_was_renewed_on_new_connections_and_keeps_open_ones(String protocol)
      throws Exception {
    try (Running server = start(orders.tls);
        Call open = connect(billing.tls.context(), protocol, server.port())) {
      open.get();
      assertThat(open.serverSerial()).isEqualTo(orders.serial());
      String before = orders.serial();
      orders.renew();
      assertThat(orders.serial()).isNotEqualTo(before);
      try (Call next = connect(billing.tls.context(), protocol, server.port())) {
        next.get();
        assertThat(next.serverSerial()).isEqualTo(orders.serial());
      }
      open.get();
      assertThat(served).hasValue(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void does_not_resume_with_who_was_denied(String protocol) throws Exception {
    try (Running server = start(orders.tls)) {
      long first = call(server, protocol);
      assertThat(call(server, protocol)).as("resumed").isEqualTo(first);
      billing.deny();
      orders.learn();
      assertThat(catchThrowable(() -> call(server, protocol))).isNotNull();
      assertThat(orders.awaitRefusal().reason()).isEqualTo(Reason.DENIED);
      assertThat(served).hasValue(2);
    }
  }

  private long call(Running server, String protocol) throws Exception {
    try (Call call = connect(billing.tls.context(), protocol, server.port())) {
      call.get();
      return call.session();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void cuts_live_connections_of_who_was_denied(String protocol) throws Exception {
    try (Running server = start(orders.tls);
        Call open = connect(billing.tls.context(), protocol, server.port())) {
      open.get();
      billing.deny();
      orders.learn();
      assertThat(orders.cutOff).hasSize(1);
      assertThat(catchThrowable(open::get)).isNotNull();
      assertThat(served).hasValue(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void closes_idle_connections_of_who_was_denied(String protocol) throws Exception {
    assumeTrue(closesAtOnce(), "this stack has no way to close one connection");
    try (Running server = start(orders.tls);
        Call open = connect(billing.tls.context(), protocol, server.port())) {
      open.get();
      billing.deny();
      orders.learn();
      open.awaitEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void lets_nobody_in_without_a_certificate(String protocol) throws Exception {
    SSLContext nobody = SSLContext.getInstance("TLS");
    nobody.init(
        new javax.net.ssl.KeyManager[0],
        new javax.net.ssl.TrustManager[] {billing.tls.trustManager()},
        null);
    try (Running server = start(orders.tls)) {
      assertThat(
              catchThrowable(
                  () -> {
                    try (Call call = connect(nobody, protocol, server.port())) {
                      call.get();
                    }
                  }))
          .isNotNull();
      assertThat(served).hasValue(0);
    }
  }
}
