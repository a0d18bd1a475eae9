package dev.countersign.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.client.testing.CrlServer;
import dev.countersign.client.testing.Crls;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.OwnThread;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Strangers between here and the authority: they are told from it, and write on no terminal. */
class HostileNetworkTest {
  private static final String ESCAPE = "\u001b[2J\u202eevil\u2028";

  @TempDir Path temp;
  private Scene scene;

  @BeforeEach
  void start() {
    scene = new Scene(temp.resolve("orders"));
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  private static void isSafeToPrint(String text) {
    assertThat(text).contains("evil").doesNotContain("\u001b", "\u202e", "\u2028").hasLineCount(1);
  }

  @Test
  void a_strangers_certificate_does_not_write_on_the_terminal() {
    TestCa stranger = TestCa.create(ESCAPE, KeyAlgorithm.P256, scene.clock);
    try (AuthorityDouble imposter = AuthorityDouble.start(stranger, scene.clock)) {
      assertThatThrownBy(
              () ->
                  scene.enroll(
                      imposter.string(
                          "orders", 1, List.of(imposter.url()), List.of(scene.ca.root().pin())),
                      scene.folder,
                      Enrollment.Options.USUAL))
          .isInstanceOf(WrongPinException.class)
          .satisfies(e -> isSafeToPrint(String.valueOf(e.getMessage())));
    }
  }

  @Test
  void a_strangers_revocation_list_does_not_write_on_the_terminal() {
    TestCa stranger = TestCa.create(ESCAPE, KeyAlgorithm.P256, scene.clock);
    List<String> odd = new ArrayList<>();
    try (CrlServer crls = CrlServer.start()) {
      scene.ca.pointToCrlsAt(crls.url());
      scene.enroll();
      crls.publish(Crls.of(stranger, scene.clock.instant()).der());
      Notices notices =
          new Notices() {
            @Override
            public void odd(String what) {
              odd.add(what);
            }
          };
      new TrustUpdate(scene.clock, scene.random, notices).update(scene.folder, Patience.DEFAULT);
    }
    assertThat(odd).singleElement().satisfies(HostileNetworkTest::isSafeToPrint);
  }

  /** A proxy is asked before there is any TLS: nothing that it says is the authority's word. */
  @ParameterizedTest
  @CsvSource({
    "403 Forbidden, through the proxy",
    "503 Unavailable, through the proxy",
    "407 Login, wants a login"
  })
  void a_proxys_no_is_not_the_authoritys(String status, String told) throws Exception {
    ProxySelector before = ProxySelector.getDefault();
    try (ServerSocket proxy = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> refusing = OwnThread.run(() -> refuse(proxy, status));
      ProxySelector.setDefault(
          ProxySelector.of(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getLocalPort())));
      assertThatThrownBy(scene::enroll)
          .hasMessageContaining(told)
          .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.UNREACHABLE));
      proxy.close();
      refusing.get(60, TimeUnit.SECONDS);
    } finally {
      ProxySelector.setDefault(before);
    }
    assertThat(scene.authority.requests).isEmpty();
  }

  private static void refuse(ServerSocket proxy, String status) {
    while (true) {
      try (Socket client = proxy.accept()) {
        String problem = "{\"type\":\"urn:countersign:problem:enrollment-used\"}";
        client
            .getOutputStream()
            .write(
                ("HTTP/1.1 "
                        + status
                        + "\r\nContent-Type: application/problem+json\r\nContent-Length: "
                        + problem.length()
                        + "\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"
                        + problem)
                    .getBytes(US_ASCII));
        client.getInputStream().readAllBytes();
      } catch (IOException e) {
        if (proxy.isClosed()) {
          return;
        }
      }
    }
  }
}
