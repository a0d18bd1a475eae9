package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.ClientException;
import dev.countersign.client.Patience;
import dev.countersign.client.TlsInspection;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.client.testing.Crls;
import dev.countersign.client.testing.Tls;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.EncryptedPrivateKey;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import dev.countersign.pki.PrivateKeys;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.OwnThread;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InspectCommandTest {
  @TempDir static Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final TestCa ca = TestCa.create(clock);
  private final SecureRandom random = new SecureRandom();
  private AuthorityDouble authority;
  private CliRun cli;
  private Path current;

  @BeforeAll
  void start() {
    authority = AuthorityDouble.start(ca, clock);
    cli = new CliRun(clock, temp);
    cli.stdin(authority.string("orders").encode())
        .run("enroll", "-", "--dir", temp.resolve("orders").toString())
        .ends(0);
    current = temp.resolve("orders/current");
  }

  @AfterAll
  void stop() {
    authority.close();
  }

  private JsonNode items(byte[] content, String... more) {
    List<String> arguments = new java.util.ArrayList<>(List.of("inspect", "-", "--json"));
    arguments.addAll(List.of(more));
    return cli.stdin(content).run(arguments.toArray(new String[0])).ends(0).json().get("items");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void a_chain() {
    CliRun.Result text = cli.run("inspect", current.resolve("fullchain.pem").toString()).ends(0);
    assertThat(text.out())
        .contains("orders.internal", "serverAuth", "clientAuth", ca.issuing().pin().toString());
    JsonNode items =
        cli.run("inspect", current.resolve("fullchain.pem").toString(), "--json")
            .json()
            .get("items");
    assertThat(items).hasSize(2);
    assertThat(items.at("/0/kind").textValue()).isEqualTo("certificate");
    assertThat(items.at("/0/isCa").booleanValue()).isFalse();
    assertThat(items.at("/1/isCa").booleanValue()).isTrue();
    assertThat(items(ca.root().encoded()).at("/0/subject").textValue()).isEqualTo("CN=Test Root");
  }

  @Test
  void a_request_checked_as_the_authority_would() throws Exception {
    byte[] der =
        CertificateRequest.create(
            KeyAlgorithm.P256.generate(random),
            Optional.of("orders"),
            Names.builder().dns("a.internal").build());
    for (byte[] content : List.of(der, ascii(Pem.encode("CERTIFICATE REQUEST", der)))) {
      JsonNode request = items(content).get(0);
      assertThat(request.get("kind").textValue()).isEqualTo("certificate-request");
      assertThat(request.at("/names/dns/0").textValue()).isEqualTo("a.internal");
      assertThat(request.get("signature").textValue()).isEqualTo("verified");
    }
    der[der.length - 1] ^= 1;
    assertThat(items(ascii(Pem.encode("CERTIFICATE REQUEST", der))).get(0).has("problem")).isTrue();
  }

  @Test
  void a_revocation_list() {
    String pem = Crls.of(ca.issuing(), ca.issuingKey(), ca, clock, List.of(BigInteger.TEN));
    for (byte[] content : List.of(ascii(pem), Pem.decode(pem).get(0).content())) {
      JsonNode crl = items(content).get(0);
      assertThat(crl.get("kind").textValue()).isEqualTo("crl");
      assertThat(crl.get("number").textValue()).isEqualTo("1");
      assertThat(crl.at("/revoked/0/serial").textValue()).endsWith("0a").hasSize(40);
      assertThat(crl.at("/revoked/0/reason").textValue()).isEqualTo("keyCompromise");
    }
  }

  @Test
  void key_stores() {
    String password = current.resolve("store.password").toString();
    JsonNode keys =
        cli.run(
                "inspect",
                current.resolve("keystore.p12").toString(),
                "--password-file",
                password,
                "--json")
            .ends(0)
            .json()
            .get("items");
    assertThat(keys.findValuesAsText("kind"))
        .containsExactly("key-entry", "certificate", "certificate");
    JsonNode trust =
        cli.run(
                "inspect",
                current.resolve("truststore.p12").toString(),
                "--password-file",
                password,
                "--json")
            .ends(0)
            .json()
            .get("items");
    assertThat(trust.findValuesAsText("kind")).containsExactly("trusted-entry", "certificate");
    // Certificates are no secret: our stores show them without a password.
    cli.run("inspect", current.resolve("keystore.p12").toString()).ends(0);
    assertThat(
            cli.run(
                    "inspect",
                    current.resolve("keystore.p12").toString(),
                    "--password-file",
                    current.resolve("key.pem").toString())
                .ends(7)
                .err())
        .contains("the password does not open it", "--password-file");
  }

  @Test
  void keys_by_their_public_part_alone() throws Exception {
    KeyPair key = KeyAlgorithm.P256.generate(random);
    byte[] pkcs8 = PrivateKeys.encode(key);
    for (byte[] content : List.of(pkcs8, ascii(PrivateKeys.toPem(key)))) {
      CliRun.Result result = cli.stdin(content).run("inspect", "-").ends(0);
      assertThat(result.out()).contains("private-key", "P-256", "sha256:");
      assertThat(result.out().lines()).hasSize(3);
    }
    assertThat(items(key.getPublic().getEncoded()).at("/0/kind").textValue())
        .isEqualTo("public-key");
    String encrypted = EncryptedPrivateKey.encrypt(key, "secret".toCharArray(), random);
    assertThat(cli.stdin(encrypted).run("inspect", "-").ends(0).out())
        .contains("give --password-file");
    Path password = Files.writeString(temp.resolve("password"), "secret\n");
    assertThat(
            items(ascii(encrypted), "--password-file", password.toString())
                .get(0)
                .get("pin")
                .textValue())
        .startsWith("sha256:");
    Files.writeString(password, "wrong");
    assertThat(
            cli.stdin(encrypted)
                .run("inspect", "-", "--password-file", password.toString())
                .ends(7)
                .err())
        .contains("password does not open");
  }

  @Test
  void an_enrolment_string_without_its_seed() {
    String string = authority.string("billing").encode();
    CliRun.Result result = cli.stdin(string).run("inspect", "-").ends(0);
    assertThat(result.out())
        .contains(ca.root().pin().toString(), authority.url().toString(), "valid");
    assertThat(result.out()).doesNotContain("seed").doesNotContain(string.substring(20, 60));
    assertThat(cli.run("inspect", string).ends(2).err())
        .contains("others can see")
        .doesNotContain(string.substring(20, 60));
  }

  @Test
  void nonsense_is_told() {
    assertThat(cli.stdin("hello").run("inspect", "-").ends(7).err())
        .contains("neither PEM nor DER");
    assertThat(cli.stdin("").run("inspect", "-").ends(7).err()).contains("it is empty");
    assertThat(cli.stdin("-----BEGIN CERTIFICATE-----\nMIIB").run("inspect", "-").ends(7).err())
        .contains("cut off");
    assertThat(cli.stdin(new byte[] {0x30, 3, 2, 1, 1}).run("inspect", "-").ends(7).err())
        .contains("no certificate");
    assertThat(cli.run("inspect", temp.resolve("absent").toString()).ends(7).err())
        .contains("does not exist");
  }

  @Test
  void a_server_that_asks_for_certificates_of_many_CAs() throws Exception {
    List<java.security.cert.X509Certificate> authorities = new java.util.ArrayList<>();
    for (int i = 0; i < 9; i++) {
      authorities.add(TestCa.create("Client" + i, KeyAlgorithm.P256, clock).root().x509());
    }
    try (SSLServerSocket server =
        (SSLServerSocket)
            Tls.server(AuthorityDouble.serverCredential(ca, "localhost"), ca.root(), authorities)
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setWantClientAuth(true);
      CompletableFuture<Void> serving = OwnThread.run(() -> shakeTwice(server));
      String[] inspect = {
        "inspect",
        "localhost:" + server.getLocalPort(),
        "--trust",
        current.resolve("trust.pem").toString(),
        "--json"
      };
      assertThat(cli.run(inspect).ends(0).json().at("/items/0/clientAuthorities")).hasSize(9);
      String text = cli.run(java.util.Arrays.copyOf(inspect, 4)).ends(0).out();
      assertThat(text.lines().findFirst().orElseThrow())
          .contains("it is trusted by the roots in " + current.resolve("trust.pem"))
          .endsWith(
              "it asks for a client certificate of \"CN=Client0 Root\", \"CN=Client1 Root\","
                  + " \"CN=Client2 Root\" and 6 more.");
      serving.get(60, TimeUnit.SECONDS);
    }
  }

  private static void shakeTwice(SSLServerSocket server) {
    for (int i = 0; i < 2; i++) {
      try (SSLSocket socket = (SSLSocket) server.accept()) {
        socket.startHandshake();
        socket.getInputStream().read(); // until the client has seen enough
      } catch (IOException e) {
        // the client has gone
      }
    }
  }

  @Test
  void a_server_that_never_finishes_its_handshake() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> dripping = OwnThread.run(() -> drip(server));
      Patience patience = new Patience(Duration.ofMillis(500), Duration.ofSeconds(1), 1000);
      assertThatThrownBy(
              () ->
                  new TlsInspection(patience, clock.instant())
                      .look(
                          "localhost",
                          server.getLocalPort(),
                          new TlsInspection.Trusted(List.of(ca.root()), "its root"),
                          Optional.empty()))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("did not complete a TLS handshake within 1 s");
      dripping.get(60, TimeUnit.SECONDS);
    }
  }

  /** A record of 16384 bytes, one byte at a time, until the other side has enough. */
  private static void drip(ServerSocket server) {
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      out.write(new byte[] {22, 3, 3, 0x40, 0, 2, 0, 0x3f, (byte) 0xfc});
      while (true) {
        out.write(0);
        LockSupport.parkNanos(20_000_000);
      }
    } catch (IOException e) {
      // it has
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_file_that_is_meant_to_be_slow_to_read() {
    String begin = "-----BEGIN CERTIFICATE-----\n";
    assertThat(cli.stdin(begin.repeat(500_000)).run("inspect", "-").ends(7).err())
        .contains("cut off");
  }

  @Test
  void a_live_server() {
    String address = "localhost:" + authority.url().getPort();
    CliRun.Result untrusted = cli.run("inspect", address).ends(4);
    assertThat(untrusted.out()).contains("TLSv1.3", "CN=localhost");
    assertThat(untrusted.out().lines().findFirst())
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .startsWith(
                        address + " presents \"CN=localhost\" of \"CN=Test Issuing\", until ")
                    .contains(
                        "; it is not trusted by the roots of this Java: its chain does not lead to"
                            + " any of ",
                        " trusted roots; it asks for a client certificate of any CA.")
                    .hasSizeLessThan(300));
    assertThat(untrusted.out().split("does not lead", -1)).as("said once").hasSize(2);
    assertThat(untrusted.err()).isEmpty();
    int before = authority.requests.size();
    JsonNode seen =
        cli.run(
                "inspect",
                authority.url().toString(),
                "--trust",
                current.resolve("trust.pem").toString(),
                "--json")
            .ends(0)
            .json()
            .get("items");
    assertThat(seen.at("/0/trusted").booleanValue()).isTrue();
    assertThat(seen.at("/0/asksForCertificate").booleanValue()).isTrue();
    assertThat(seen.at("/0").has("clientAuthorities")).isFalse();
    assertThat(seen).hasSize(4);
    assertThat(
            cli.run("inspect", address, "--dir", temp.resolve("orders").toString()).ends(0).out())
        .contains("it is trusted by the roots of " + temp.resolve("orders") + ";");
    assertThat(authority.requests).hasSize(before);
    assertThat(
            cli.run(
                    "inspect",
                    "127.0.0.1:" + authority.url().getPort(),
                    "--dir",
                    temp.resolve("orders").toString())
                .ends(4)
                .out())
        .contains("not for 127.0.0.1");
    assertThat(cli.run("inspect", "nowhere.invalid:443").ends(6).err()).contains("not known");
  }

  @Test
  void a_port_where_nobody_listens() {
    for (String address : List.of("localhost:1", "127.0.0.1:1", "[::1]:1")) {
      assertThat(cli.run("inspect", address).ends(6).err())
          .startsWith("countersign: " + address + " cannot be reached")
          .doesNotContain("authority");
    }
  }

  @Test
  void a_host_without_a_port() {
    for (String name : List.of("localhost", "ca.example.internal", "[::1]", "https://localhost")) {
      assertThat(cli.run("inspect", name).ends(7).err())
          .contains("There is no file " + name + " here.", "HOST:PORT");
    }
  }
}
