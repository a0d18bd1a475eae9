package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.FaultProxy;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.Certificate;
import dev.countersign.server.config.DatabaseConfig;
import dev.countersign.server.config.LimitsConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;

/** PostgreSQL is still there, and says nothing any more. */
class HangingDatabaseTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();

  @OnEveryEngine(Dialect.POSTGRESQL)
  void ocsp_goes_on_from_memory_and_lets_nobody_wait(TestDatabase database) throws Exception {
    String url = database.settings().url();
    String user = database.settings().user().orElseThrow();
    PostgresServerTest.empty(url, user);
    URI real = URI.create(url.substring("jdbc:".length()));
    try (FaultProxy proxy = new FaultProxy(real.getPort())) {
      String through = url.replace(":" + real.getPort() + "/", ":" + proxy.port() + "/");
      assertThat(through).isNotEqualTo(url);
      TestServer.Settings settings =
          new TestServer.Settings(LimitsConfig.DEFAULT, new DatabaseConfig(through, user, null));
      try (TestServer server = TestServer.start(settings)) {
        Credential admin = server.enrolled(server.adminString);
        Credential asked = server.identity("asked", "peer", World.dns("asked.internal"));
        Credential notAsked = server.identity("not-asked", "peer", World.dns("other.internal"));
        Credential revoked = server.identity("revoked", "peer", World.dns("gone.internal"));
        server.as(admin).post("/v1/identities/revoked/revoke", "{\"reason\":\"superseded\"}");
        byte[] good = ask(server, asked);
        assertThat(status(good)).isEqualTo(CertificateStatus.GOOD);
        await().atMost(LONG).until(server.wiring().denials::areTrusted);

        proxy.hang();
        try {
          await().atMost(LONG).until(server.wiring().denials::isDatabaseAway);
          assertThat(ask(server, asked)).isEqualTo(good);
          assertThat(status(ask(server, revoked))).isInstanceOf(RevokedStatus.class);
          assertThat(new OCSPResp(ask(server, notAsked)).getStatus()).isEqualTo(OCSPResp.TRY_LATER);
        } finally {
          proxy.pass();
        }
        await().atMost(LONG).until(() -> new OCSPResp(ask(server, notAsked)).getStatus() == 0);
        assertThat(status(ask(server, notAsked))).isEqualTo(CertificateStatus.GOOD);
      }
    }
  }

  private byte[] ask(TestServer server, Credential credential) throws Exception {
    Certificate certificate = credential.certificate();
    byte[] request =
        PlainListenersTest.request(credential.chain().get(1), certificate.serial().toBigInteger());
    return http.send(
            HttpRequest.newBuilder(server.http().resolve("/ocsp/issuing-1"))
                .header("Content-Type", "application/ocsp-request")
                .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                .timeout(LONG)
                .build(),
            HttpResponse.BodyHandlers.ofByteArray())
        .body();
  }

  private static CertificateStatus status(byte[] answer) throws Exception {
    BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(answer).getResponseObject();
    return basic.getResponses()[0].getCertStatus();
  }
}
