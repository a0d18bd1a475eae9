package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SpiffeId;
import dev.countersign.server.identity.Role;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds while a server runs, and when it stops. */
class RunningServerTest {
  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void a_revoked_operators_next_request_fails_on_the_same_connection() {
    Credential admin = server.enrolled(server.adminString);
    Credential olga = server.operator("olga", Role.OPERATOR);
    TestClient client = server.as(olga);
    assertThat(client.get("/v1/identities").status()).isEqualTo(200);
    server.as(admin).post("/v1/identities/olga/revoke", "{\"reason\":\"privilegeWithdrawn\"}");
    TestClient.Answer answer = client.get("/v1/identities");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.problem()).isIn("certificate-revoked", "identity-revoked");
  }

  @Test
  void an_operator_without_its_role_is_none() {
    Credential admin = server.enrolled(server.adminString);
    Credential olga = server.operator("olga", Role.OPERATOR);
    TestClient client = server.as(olga);
    assertThat(client.get("/v1/identities").status()).isEqualTo(200);
    server
        .as(admin)
        .send(
            "PATCH", "/v1/identities/olga", TestClient.JSON, "{\"role\":\"none\"}".getBytes(UTF_8));
    assertThat(client.get("/v1/identities").problem()).isEqualTo("forbidden");
  }

  @Test
  void the_chain_that_is_shown_ends_in_the_root_and_the_key_is_encrypted_at_rest()
      throws Exception {
    TestClient.Answer answer = server.anonymous().get("/v1/trust");
    var shown = answer.tls().orElseThrow().getPeerCertificates();
    assertThat(shown).hasSize(3);
    assertThat(shown[2]).isEqualTo(server.root().x509());
    assertThat(SpiffeId.of(Certificate.of((X509Certificate) shown[0])))
        .as("what clients know the authority by")
        .contains(SpiffeId.authority("test.internal"));
    String file = Files.readString(server.dir.resolve("keys/https.pem"));
    assertThat(file).contains("BEGIN ENCRYPTED PRIVATE KEY").doesNotContain("BEGIN PRIVATE");
  }

  @Test
  void the_https_certificate_is_renewed_without_a_restart() throws Exception {
    HttpClient trusting =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // its silence is not measured by our clock
            .sslContext(trustingAll())
            .build();
    SerialNumber before = shown(trusting);
    server.server().certificates().round();
    assertThat(server.server().certificates().inUse().serial()).isEqualTo(before);
    server.clock.shift(Duration.ofDays(6));
    server.server().certificates().round();
    HttpClient another = HttpClient.newBuilder().sslContext(trustingAll()).build();
    SerialNumber after = shown(another);
    assertThat(after)
        .isNotEqualTo(before)
        .isEqualTo(server.server().certificates().inUse().serial());
    // who was connected stays so
    assertThat(shown(trusting)).isEqualTo(before);
  }

  @Test
  void the_https_certificate_survives_a_restart() throws Exception {
    SerialNumber before = server.server().certificates().inUse().serial();
    server.stop();
    server.serve();
    assertThat(server.server().certificates().inUse().serial()).isEqualTo(before);
  }

  @Test
  void its_addresses_are_written_down_for_as_long_as_it_serves() throws Exception {
    Path file = server.dir.resolve("addresses.json");
    assertThat(Files.readString(file)).contains(server.https().toString());
    server.stop();
    assertThat(file).doesNotExist();
    server.serve();
    assertThat(Files.readString(file)).contains(server.https().toString());
  }

  @Test
  void those_who_wait_for_news_hold_no_thread_and_are_answered_at_a_stop() {
    List<CompletableFuture<HttpResponse<Void>>> waiting = new ArrayList<>();
    HttpClient client =
        HttpClient.newBuilder().sslContext(TestClient.context(server.root(), null)).build();
    HttpRequest wait =
        HttpRequest.newBuilder(server.https().resolve("/v1/trust?after=1&wait=60s")).build();
    for (int i = 0; i < 100; i++) {
      waiting.add(client.sendAsync(wait, BodyHandlers.discarding()));
    }
    await()
        .atMost(Duration.ofSeconds(120))
        .until(
            () -> {
              // On a busy machine some are told to come back
              waiting.replaceAll(
                  one -> one.isDone() ? client.sendAsync(wait, BodyHandlers.discarding()) : one);
              return server.wiring().polls.waiting() >= 100;
            });
    assertThat(server.anonymous().get("/v1/trust").status()).isEqualTo(200);
    server.stop();
    for (CompletableFuture<HttpResponse<Void>> answer : waiting) {
      assertThat(answer.join().statusCode()).isEqualTo(304);
    }
  }

  @Test
  void what_was_answered_before_a_stop_is_there_after_it() throws Exception {
    EnrollmentString string = server.string(orders(), 200);
    HttpClient client =
        HttpClient.newBuilder().sslContext(TestClient.context(server.root(), null)).build();
    List<CompletableFuture<TestClient.Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(enroll(client, Credential.wish(string)));
    }
    answers.get(0).join();
    server.stop();
    List<String> issued = new ArrayList<>();
    for (CompletableFuture<TestClient.Answer> answer : answers) {
      try {
        TestClient.Answer got = answer.join();
        assertThat(got.status()).isIn(200, 503);
        if (got.status() == 200) {
          issued.add(got.json().path("serial").asText());
        }
      } catch (CompletionException e) {
        // came too late to be accepted
      }
    }
    server.serve();
    assertThat(issued).isNotEmpty();
    for (String serial : issued) {
      assertThat(server.wiring().certificates.find(SerialNumber.parse(serial))).isPresent();
    }
  }

  @Test
  void a_thousand_at_once_get_a_thousand_certificates() {
    EnrollmentString string = server.string(orders(), 1000);
    List<CompletableFuture<TestClient.Answer>> answers = new ArrayList<>();
    for (int connection = 0; connection < 10; connection++) {
      HttpClient client =
          HttpClient.newBuilder().sslContext(TestClient.context(server.root(), null)).build();
      for (int i = 0; i < 100; i++) {
        answers.add(enroll(client, Credential.wish(string)));
      }
    }
    Set<String> serials = new HashSet<>();
    for (CompletableFuture<TestClient.Answer> answer : answers) {
      TestClient.Answer got = answer.join();
      assertThat(got.status()).as(got.text()).isEqualTo(200);
      serials.add(got.json().path("serial").asText());
    }
    assertThat(serials).hasSize(1000);
    Credential admin = server.enrolled(server.adminString);
    TestClient client2 = server.as(admin);
    TestClient.Answer rows = client2.get("/v1/certificates?identity=orders&limit=1000");
    assertThat(new HashSet<>(rows.json().path("items").findValuesAsText("serial")))
        .isEqualTo(serials);
    TestClient.Answer events =
        client2.get("/v1/events?identity=orders&action=certificate.issued&limit=1000");
    assertThat(new HashSet<>(events.json().path("items").findValuesAsText("serial")))
        .isEqualTo(serials);
    assertThat(client2.get("/v1/enrollments?identity=orders").json().at("/items/0/state").asText())
        .isEqualTo("used");
  }

  @Test
  void callers_who_give_up_in_the_middle_take_nothing_away() {
    EnrollmentString string = server.string(orders(), 500);
    for (int round = 0; round < 5; round++) {
      HttpClient client =
          HttpClient.newBuilder().sslContext(TestClient.context(server.root(), null)).build();
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(client.sendAsync(request(Credential.wish(string)), BodyHandlers.ofByteArray()));
      }
      answers.get(0).join();
      answers.forEach(answer -> answer.cancel(true));
    }
    for (int i = 0; i < 20; i++) { // more than there are threads that could be lost
      server.enrolled(string);
    }
  }

  @Test
  void of_many_that_race_for_one_string_one_gets_a_certificate() {
    EnrollmentString string = server.string(orders(), 1);
    HttpClient client =
        HttpClient.newBuilder().sslContext(TestClient.context(server.root(), null)).build();
    List<CompletableFuture<TestClient.Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(enroll(client, Credential.wish(string)));
    }
    List<Integer> statuses =
        answers.stream().map(answer -> answer.join().status()).sorted().toList();
    assertThat(statuses.get(0)).isEqualTo(200);
    assertThat(statuses.subList(1, 20)).containsOnly(409);
  }

  private String orders() {
    server
        .wiring()
        .identities
        .add(
            new dev.countersign.server.identity.NewIdentity(
                "orders",
                "peer",
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                World.dns("orders.internal")),
            TestServer.BEHIND_THE_DOORS);
    return "orders";
  }

  private CompletableFuture<TestClient.Answer> enroll(HttpClient client, Credential.Wish wish) {
    return client
        .sendAsync(request(wish), BodyHandlers.ofByteArray())
        .thenApply(response -> new TestClient.Answer(response.statusCode(), response));
  }

  private HttpRequest request(Credential.Wish wish) {
    return HttpRequest.newBuilder(server.https().resolve("/v1/enroll"))
        .header("Content-Type", TestClient.JOSE)
        .POST(HttpRequest.BodyPublishers.ofByteArray(wish.jws(server.https())))
        .build();
  }

  private SerialNumber shown(HttpClient client) throws Exception {
    HttpResponse<Void> answer =
        client.send(
            HttpRequest.newBuilder(server.https().resolve("/v1/trust.pem")).build(),
            BodyHandlers.discarding());
    X509Certificate certificate =
        (X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0];
    return SerialNumber.of(certificate.getSerialNumber());
  }

  /** The renewed certificate is not yet valid for who looks at the real clock. */
  private static SSLContext trustingAll() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsAll()}, null);
    return context;
  }

  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
