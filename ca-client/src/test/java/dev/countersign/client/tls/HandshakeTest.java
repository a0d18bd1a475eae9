package dev.countersign.client.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.PeerRefused.Reason;
import dev.countersign.client.tls.PeerRefused.Side;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who gets through a handshake, and what the others are told. */
class HandshakeTest {
  @TempDir static Path folders;
  private static TestAuthority authority;
  private static Party orders;
  private static Party billing;
  private static Party serversAlone;
  private static Party clientsAlone;

  static Stream<Arguments> ways() {
    return Stream.of("TLSv1.3", "TLSv1.2")
        .flatMap(
            protocol ->
                Stream.of(Service.Kind.values())
                    .flatMap(
                        service ->
                            Stream.of(Caller.Kind.values())
                                .map(caller -> Arguments.of(protocol, service, caller))));
  }

  @BeforeAll
  static void start() {
    authority = TestAuthority.start();
    orders = Party.enrolled(authority, folders, "orders");
    billing = Party.enrolled(authority, folders, "billing", "billing.internal");
    authority.certifyServersAlone();
    serversAlone = Party.enrolled(authority, folders, "servers-alone");
    authority.certifyClientsAlone();
    clientsAlone = Party.enrolled(authority, folders, "clients-alone");
  }

  @AfterAll
  static void stop() {
    orders.close();
    billing.close();
    serversAlone.close();
    clientsAlone.close();
    authority.close();
  }

  @BeforeEach
  @AfterEach
  void everybodyIsAccepted() {
    for (Party party : List.of(orders, billing, serversAlone, clientsAlone)) {
      party.tls.accept(Peers::everyone);
      party.forget();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void lets_those_through_who_name_each_other(
      String protocol, Service.Kind service, Caller.Kind caller) throws Exception {
    orders.tls.accept(peers -> peers.identities("bill*"));
    billing.tls.accept(peers -> peers.spiffeIds("spiffe://test.internal/orders"));
    try (Service serving = service.start(orders.tls.context())) {
      assertThat(caller.of(billing.tls.context(), protocol).call(serving))
          .isEqualTo(
              "hello " + billing.credential().certificate().serial().toBigInteger().toString(16));
    }
    assertThat(orders.refused).isEmpty();
    assertThat(billing.refused).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_server_refuses_whom_it_does_not_name(
      String protocol, Service.Kind service, Caller.Kind caller) throws Exception {
    orders.tls.accept(peers -> peers.identities("ledger-*").dnsNames("*.example"));
    try (Service serving = service.start(orders.tls.context())) {
      assertThat(catchThrowable(() -> caller.of(billing.tls.context(), protocol).call(serving)))
          .isInstanceOf(java.io.IOException.class);
      PeerRefused refused = orders.awaitOwnRefusal();
      assertThat(refused.reason()).isEqualTo(Reason.NOT_ACCEPTED);
      assertThat(refused.side()).isEqualTo(Side.OURS);
      assertThat(refused.certificate()).contains(billing.credential().certificate());
      assertThat(refused)
          .hasMessageContaining("The client spiffe://test.internal/billing is refused")
          .hasMessageContaining("ledger-*");
      assertThat(serving.served).hasValue(0);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_client_refuses_whom_it_does_not_name(
      String protocol, Service.Kind service, Caller.Kind caller) throws Exception {
    billing.tls.accept(peers -> peers.identities("ledger"));
    try (Service serving = service.start(orders.tls.context())) {
      Throwable failure =
          catchThrowable(() -> caller.of(billing.tls.context(), protocol).call(serving));
      assertThat(PeerRefused.in(failure))
          .hasValueSatisfying(
              refused -> {
                assertThat(refused.reason()).isEqualTo(Reason.NOT_ACCEPTED);
                assertThat(refused.certificate()).contains(orders.credential().certificate());
                assertThat(refused.advice()).contains("MutualTls.accept");
              });
      assertThat(serving.served).hasValue(0);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nobody_is_accepted_before_somebody_is_named(
      String protocol, Service.Kind service, Caller.Kind caller) throws Exception {
    try (MutualTls silent =
            new MutualTlsBuilder(orders.folder).clock(authority.clock()).listener(quiet()).open();
        Service serving = service.start(silent.context())) {
      assertThat(catchThrowable(() -> caller.of(billing.tls.context(), protocol).call(serving)))
          .isInstanceOf(java.io.IOException.class);
      assertThat(serving.served).hasValue(0);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_client_without_a_certificate_is_refused_also_by_a_stack_that_asks_for_none(
      String protocol, Service.Kind service, Caller.Kind caller) throws Exception {
    try (Service serving = service.start(orders.tls.context())) {
      assertThat(catchThrowable(() -> caller.of(nobody(), protocol).call(serving)))
          .isInstanceOf(java.io.IOException.class);
      assertThat(serving.served).hasValue(0);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void clients_without_a_certificate_can_be_let_in(
      String protocol, Service.Kind service, Caller.Kind caller) throws Exception {
    orders.tls.accept(peers -> peers.identities("billing").anonymousClients());
    try (Service serving = service.start(orders.tls.context())) {
      assertThat(caller.of(nobody(), protocol).call(serving)).isEqualTo("hello nobody");
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_server_at_another_host_than_it_is_for_is_refused(
      String protocol, Service.Kind service, Caller.Kind caller) throws Exception {
    try (Service serving = service.start(orders.tls.context())) {
      Caller calling = caller.of(billing.tls.context(), protocol);
      String elsewhere = "127.0.0.2"; // loopback, and in no certificate
      try (Service there = service.start(orders.tls.context(), InetAddress.getByName(elsewhere))) {
        Throwable failure = catchThrowable(() -> calling.call(elsewhere, there.port()));
        assertThat(PeerRefused.in(failure).map(PeerRefused::reason)).contains(Reason.WRONG_NAME);
        billing.tls.accept(peers -> peers.everyone().atAnyHost());
        assertThat(calling.call(elsewhere, there.port())).startsWith("hello");
      }
      assertThat(calling.call("127.0.0.1", serving.port())).startsWith("hello");
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_certificate_of_another_authority_is_refused_by_either_side(
      String protocol, Service.Kind service, Caller.Kind caller) throws Exception {
    try (TestAuthority foreign = TestAuthority.start();
        Party stranger = Party.enrolled(foreign, folders.resolve("foreign"), "billing")) {
      stranger.tls.accept(Peers::everyone);
      try (Service serving = service.start(orders.tls.context())) {
        Throwable failure =
            catchThrowable(() -> caller.of(stranger.tls.context(), protocol).call(serving));
        assertThat(PeerRefused.in(failure).map(PeerRefused::reason)).contains(Reason.UNKNOWN_ROOT);
        assertThat(
                catchThrowable(() -> caller.of(trustingAnybody(stranger), protocol).call(serving)))
            .isInstanceOf(java.io.IOException.class);
        assertThat(orders.awaitOwnRefusal().reason()).isEqualTo(Reason.UNKNOWN_ROOT);
        assertThat(serving.served).hasValue(0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_certificate_that_is_not_for_this_side_is_refused(
      String protocol, Service.Kind service, Caller.Kind caller) throws Exception {
    try (Service serving = service.start(orders.tls.context())) {
      assertThat(
              catchThrowable(() -> caller.of(serversAlone.tls.context(), protocol).call(serving)))
          .isInstanceOf(java.io.IOException.class);
      PeerRefused refused = orders.awaitOwnRefusal();
      assertThat(refused.reason()).isEqualTo(Reason.WRONG_USAGE);
      assertThat(refused.advice()).contains("a profile for clients");
      assertThat(caller.of(clientsAlone.tls.context(), protocol).call(serving)).startsWith("hello");
      assertThat(serving.served).hasValue(1);
    }
    try (Service serving = service.start(clientsAlone.tls.context())) {
      Throwable failure =
          catchThrowable(() -> caller.of(billing.tls.context(), protocol).call(serving));
      assertThat(PeerRefused.in(failure).map(PeerRefused::reason)).contains(Reason.WRONG_USAGE);
      assertThat(serving.served).hasValue(0);
    }
    try (Service serving = service.start(serversAlone.tls.context())) {
      assertThat(caller.of(billing.tls.context(), protocol).call(serving)).startsWith("hello");
    }
  }

  private static SSLContext showing(ChosenKey key) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {key}, new TrustManager[] {new Gullible()}, null);
    return context;
  }

  @Test
  void whom_a_client_shows_in_a_renegotiation_is_checked_too() throws Exception {
    orders.tls.accept(peers -> peers.identities("billing"));
    ChosenKey shown = new ChosenKey(billing.tls.keyManager());
    EnginePair pair = new EnginePair(showing(shown), orders.tls.context(), "TLSv1.2");
    pair.handshake();
    pair.client.getSession().invalidate(); // begins another one, which is not resumed
    pair.handshake();
    assertThat(orders.refused).isEmpty();
    shown.now = clientsAlone.tls.keyManager();
    pair.client.getSession().invalidate();
    assertThat(catchThrowable(pair::handshake)).isInstanceOf(SSLException.class);
    assertThat(orders.awaitOwnRefusal().reason()).isEqualTo(Reason.NOT_ACCEPTED);
  }

  @Test
  void nothing_is_answered_to_whom_a_socket_meets_in_a_renegotiation() throws Exception {
    orders.tls.accept(peers -> peers.identities("billing"));
    ChosenKey shown = new ChosenKey(billing.tls.keyManager());
    try (Service serving = Service.Kind.SOCKETS.start(orders.tls.context());
        Caller.Connection open =
            Caller.Connection.open(showing(shown), "TLSv1.2", "localhost", serving.port())) {
      String first = open.call("/keep");
      shown.now = clientsAlone.tls.keyManager();
      open.socket.getSession().invalidate();
      Throwable failure =
          catchThrowable(
              () -> {
                open.socket.startHandshake();
                // What is sent before it has ended is still of the one before
                for (int i = 0; i < 20; i++) {
                  assertThat(open.call("/keep")).isEqualTo(first);
                }
              });
      assertThat(failure).isInstanceOf(java.io.IOException.class);
      assertThat(orders.awaitOwnRefusal().reason()).isEqualTo(Reason.NOT_ACCEPTED);
    }
  }

  @Test
  void time_is_that_of_the_clock_it_was_given() throws Exception {
    try (Service serving = Service.Kind.SOCKETS.start(orders.tls.context())) {
      Caller calling = Caller.Kind.SOCKETS.of(billing.tls.context(), "TLSv1.3");
      try {
        authority.clock().advance(Duration.ofDays(31));
        assertThat(PeerRefused.in(catchThrowable(() -> calling.call(serving))))
            .map(PeerRefused::reason)
            .contains(Reason.EXPIRED);
        authority.clock().advance(Duration.ofDays(-33));
        assertThat(PeerRefused.in(catchThrowable(() -> calling.call(serving))))
            .map(PeerRefused::reason)
            .contains(Reason.NOT_YET_VALID);
      } finally {
        authority.clock().advance(Duration.ofDays(2));
      }
      assertThat(calling.call(serving)).startsWith("hello");
    }
  }

  static MutualTlsListener quiet() {
    return new MutualTlsListener() {};
  }

  /** Trusts anybody, and has no key. */
  private static SSLContext nobody() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[0], new TrustManager[] {new Gullible()}, new SecureRandom());
    return context;
  }

  private static SSLContext trustingAnybody(Party party) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {party.tls.keyManager()}, new TrustManager[] {new Gullible()}, null);
    return context;
  }

  /** Shows one key, and later another one. */
  private static final class ChosenKey extends X509ExtendedKeyManager {
    private volatile X509ExtendedKeyManager now;

    ChosenKey(X509ExtendedKeyManager first) {
      now = first;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, java.net.Socket socket) {
      return now.chooseClientAlias(types, issuers, socket);
    }

    @Override
    public String chooseEngineClientAlias(
        String[] types, Principal[] issuers, javax.net.ssl.SSLEngine engine) {
      return now.chooseEngineClientAlias(types, issuers, engine);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return now.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return now.getPrivateKey(alias);
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return now.getClientAliases(type, issuers);
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal[] issuers, java.net.Socket socket) {
      return null;
    }
  }

  private static final class Gullible extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] c, String a, java.net.Socket s) {}

    @Override
    public void checkServerTrusted(X509Certificate[] c, String a, java.net.Socket s) {}

    @Override
    public void checkClientTrusted(X509Certificate[] c, String a, javax.net.ssl.SSLEngine e) {}

    @Override
    public void checkServerTrusted(X509Certificate[] c, String a, javax.net.ssl.SSLEngine e) {}

    @Override
    public void checkClientTrusted(X509Certificate[] c, String a) {}

    @Override
    public void checkServerTrusted(X509Certificate[] c, String a) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
