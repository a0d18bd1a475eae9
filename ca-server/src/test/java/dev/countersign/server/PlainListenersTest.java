package dev.countersign.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import dev.countersign.server.config.LimitsConfig;
import dev.countersign.server.http.Workers;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is answered without TLS: to anyone who checks a certificate, and to the monitoring. */
@ExtendWith(World.Shared.class)
class PlainListenersTest {
  private final HttpClient http = HttpClient.newHttpClient();

  private HttpResponse<byte[]> get(URI uri, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @Test
  void a_list_is_cached_until_the_next_one_and_asked_for_again_by_its_tag(World world)
      throws Exception {
    URI uri = world.server.http().resolve("/crl/issuing-1.crl");
    HttpResponse<byte[]> answer = get(uri);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/pkix-crl");
    assertThat(header(answer, "Cache-Control")).contains("max-age=3");
    X509CRL crl =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new java.io.ByteArrayInputStream(answer.body()));
    crl.verify(world.service.chain().get(1).x509().getPublicKey());
    // With the next list, not at the end of this one
    Instant expires =
        Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header(answer, "Expires")));
    assertThat(expires).isBefore(crl.getNextUpdate().toInstant().minus(Duration.ofHours(20)));
    assertThat(get(uri, "If-None-Match", header(answer, "ETag")).statusCode()).isEqualTo(304);
    assertThat(get(world.server.http().resolve("/crl/none.crl")).statusCode()).isEqualTo(404);
  }

  @Test
  void a_list_is_asked_for_again_by_its_very_date_and_by_no_other(World world) throws Exception {
    URI uri = world.server.http().resolve("/crl/root-1.crl"); // which no other test changes
    String date = header(get(uri), "Last-Modified");
    assertThat(get(uri, "If-Modified-Since", date).statusCode()).isEqualTo(304);
    for (String other :
        List.of(
            "Mon, 01 Jan 2024 00:00:00 GMT", "Thu, 01 Jan 2099 00:00:00 GMT", "yesterday", "")) {
      assertThat(get(uri, "If-Modified-Since", other).statusCode()).as(other).isEqualTo(200);
    }
  }

  @Test
  void a_list_is_given_in_the_parts_that_are_asked_for(World world) throws Exception {
    URI uri = world.server.http().resolve("/crl/root-1.crl"); // which no other test changes
    HttpResponse<byte[]> whole = get(uri);
    byte[] der = whole.body();
    String tag = header(whole, "ETag");
    assertThat(header(whole, "Accept-Ranges")).isEqualTo("bytes");
    assertThat(header(whole, "Content-Length")).isEqualTo(String.valueOf(der.length));
    assertPart(get(uri, "Range", "bytes=0-9"), der, 0, 10);
    assertPart(get(uri, "Range", "bytes=10-"), der, 10, der.length);
    assertPart(get(uri, "Range", "bytes=5-99999999", "If-Range", tag), der, 5, der.length);
    assertPart(get(uri, "Range", "bytes=-7"), der, der.length - 7, der.length);
    assertPart(get(uri, "Range", "bytes=-99999999"), der, 0, der.length);
    for (String[] others :
        new String[][] {
          {"Range", "bytes=3-2"},
          {"Range", "bytes=-"},
          {"Range", "bytes=0-1,3-4"},
          {"Range", "lines=0-1"},
          {"Range", "bytes=0-1", "If-Range", "\"another\""},
          {"Range", "bytes=0-1", "If-Range", "W/" + tag},
          {"Range", "bytes=0-1", "If-Range", header(whole, "Last-Modified")}
        }) {
      HttpResponse<byte[]> answer = get(uri, others);
      assertThat(answer.statusCode()).as(String.join(" ", others)).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(der);
    }
    assertThat(get(uri, "Range", "bytes=0-1", "If-None-Match", tag).statusCode()).isEqualTo(304);
    for (String beyond : List.of("bytes=" + der.length + "-", "bytes=-0")) {
      HttpResponse<byte[]> answer = get(uri, "Range", beyond);
      assertThat(answer.statusCode()).as(beyond).isEqualTo(416);
      assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + der.length);
    }
  }

  private static void assertPart(HttpResponse<byte[]> answer, byte[] whole, int from, int to) {
    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(header(answer, "Content-Range"))
        .isEqualTo("bytes " + from + "-" + (to - 1) + "/" + whole.length);
    assertThat(header(answer, "Content-Length")).isEqualTo(String.valueOf(to - from));
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(whole, from, to));
  }

  @Test
  void HEAD_tells_all_but_the_list(World world) throws Exception {
    URI uri = world.server.http().resolve("/crl/root-1.crl");
    HttpResponse<byte[]> whole = get(uri);
    HttpResponse<byte[]> head =
        http.send(
            HttpRequest.newBuilder(uri)
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .header("Range", "bytes=0-1") // RFC 9110 14.2: only of GET
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    for (String name : List.of("Content-Length", "Content-Type", "ETag", "Accept-Ranges")) {
      assertThat(header(head, name)).as(name).isEqualTo(header(whole, name)).isNotEmpty();
    }
    assertThat(get(uri).body()).isEqualTo(whole.body()); // on the same connection
  }

  @Test
  void the_issuers_certificate_is_where_others_point_to(World world) throws Exception {
    HttpResponse<byte[]> answer = get(world.server.http().resolve("/ca/issuing-1.crt"));
    assertThat(header(answer, "Content-Type")).isEqualTo("application/pkix-cert");
    assertThat(Certificate.parse(answer.body())).isEqualTo(world.service.chain().get(1));
  }

  @Test
  void a_revocation_is_in_the_list_and_in_the_answer_of_ocsp(World world) throws Exception {
    Credential credential = world.fresh("checked");
    assertThat(status(world, credential)).isNull();
    world
        .asOperator()
        .post("/v1/certificates/" + credential.serial() + "/revoke", "{\"reason\":\"superseded\"}");
    assertThat(status(world, credential))
        .isInstanceOf(org.bouncycastle.cert.ocsp.RevokedStatus.class);
    while (true) { // made at once, by another thread
      HttpResponse<byte[]> list = get(world.server.http().resolve("/crl/issuing-1.crl"));
      X509CRL crl =
          (X509CRL)
              CertificateFactory.getInstance("X.509")
                  .generateCRL(new java.io.ByteArrayInputStream(list.body()));
      if (crl.getRevokedCertificate(credential.certificate().x509()) != null) {
        isInTheDeltaListThatIsNamedBy(crl, world, credential);
        return;
      }
    }
  }

  private void isInTheDeltaListThatIsNamedBy(X509CRL complete, World world, Credential credential)
      throws Exception {
    String path = "/crl/issuing-1/delta.crl";
    assertThat(new String(complete.getExtensionValue("2.5.29.46"), ISO_8859_1)) // freshestCRL
        .endsWith(path);
    X509CRL delta =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(
                    new java.io.ByteArrayInputStream(
                        get(world.server.http().resolve(path)).body()));
    assertThat(delta.getCriticalExtensionOIDs()).containsExactly("2.5.29.27"); // deltaCRLIndicator
    assertThat(delta.getRevokedCertificate(credential.certificate().x509())).isNotNull();
  }

  static byte[] request(Certificate issuer, BigInteger serial) throws Exception {
    var digests = new JcaDigestCalculatorProviderBuilder().build();
    CertificateID id =
        new CertificateID(
            digests.get(CertificateID.HASH_SHA1),
            new JcaX509CertificateHolder(issuer.x509()),
            serial);
    return new OCSPReqBuilder().addRequest(id).build().getEncoded();
  }

  /** Asks by POST and by both spellings of GET; all must say the same. */
  private org.bouncycastle.cert.ocsp.CertificateStatus status(World world, Credential credential)
      throws Exception {
    byte[] request =
        request(credential.chain().get(1), credential.certificate().serial().toBigInteger());
    URI ocsp = world.server.http().resolve("/ocsp/issuing-1");
    HttpResponse<byte[]> posted =
        http.send(
            HttpRequest.newBuilder(ocsp)
                .header("Content-Type", "application/ocsp-request")
                .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    String base64 = Base64.getEncoder().encodeToString(request);
    HttpResponse<byte[]> raw = get(URI.create(ocsp + "/" + base64));
    HttpResponse<byte[]> encoded =
        get(
            URI.create(
                ocsp + "/" + base64.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")));
    for (HttpResponse<byte[]> answer : List.of(posted, raw, encoded)) {
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "Content-Type")).isEqualTo("application/ocsp-response");
    }
    assertThat(header(raw, "Cache-Control")).contains("max-age=60");
    assertThat(header(posted, "Cache-Control")).isEqualTo("no-store");
    var one = single(posted);
    assertThat(single(raw) == null).isEqualTo(one == null);
    assertThat(single(encoded) == null).isEqualTo(one == null);
    return one;
  }

  private static org.bouncycastle.cert.ocsp.CertificateStatus single(HttpResponse<byte[]> answer)
      throws Exception {
    BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(answer.body()).getResponseObject();
    return basic.getResponses()[0].getCertStatus();
  }

  @Test
  void what_is_no_ocsp_request_gets_the_answer_for_that(World world) throws Exception {
    HttpResponse<byte[]> answer = get(world.server.http().resolve("/ocsp/issuing-1/AAAA"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(OCSPResponse.getInstance(answer.body()).getResponseStatus().getIntValue())
        .isEqualTo(1);
    assertThat(HexFormat.of().formatHex(answer.body())).isEqualTo("30030a0101");
  }

  @Test
  void who_asks_ocsp_too_often_is_told_when_to_come_back() throws Exception {
    LimitsConfig usual = LimitsConfig.DEFAULT;
    LimitsConfig tight =
        new LimitsConfig(
            usual.connections(),
            usual.connectionsPerAddress(),
            usual.idle(),
            new LimitsConfig.RateConfig(1, 1),
            usual.perIdentity());
    try (TestServer server = TestServer.start(new TestServer.Settings(tight, null))) {
      URI ocsp = server.http().resolve("/ocsp/issuing-1");
      Certificate issuer = server.wiring().founded.hierarchy().issuing().certificate();
      byte[] unknown = request(issuer, BigInteger.TEN);
      HttpRequest post =
          HttpRequest.newBuilder(ocsp)
              .header("Content-Type", "application/ocsp-request")
              .POST(HttpRequest.BodyPublishers.ofByteArray(unknown))
              .build();
      String base64 = Base64.getEncoder().encodeToString(unknown);
      HttpRequest get = HttpRequest.newBuilder(URI.create(ocsp + "/" + base64)).build();
      for (HttpRequest request : List.of(post, get)) {
        HttpResponse<byte[]> answer;
        do { // the bucket may have been filled again by now
          answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } while (answer.statusCode() != 429);
        assertThat(header(answer, "Retry-After")).isEqualTo("1");
        assertThat(new String(answer.body(), UTF_8)).contains("rate-limited");
      }
      assertThat(get(server.http().resolve("/crl/issuing-1.crl")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void nothing_else_is_there(World world) throws Exception {
    for (String path :
        new String[] {"/", "/v1/trust", "/openapi.yaml", "/healthz", "/crl/", "/x"}) {
      HttpResponse<byte[]> answer = get(world.server.http().resolve(path));
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
      assertThat(new String(answer.body(), UTF_8))
          .contains("see " + world.server.https().resolve("/openapi.yaml") + ".");
    }
    assertThat(world.anonymous().get("/openapi.yaml").status()).isEqualTo(200);
  }

  @Test
  void alive_ready_and_measured(World world) throws Exception {
    assertThat(get(world.server.management().resolve("/healthz")).statusCode()).isEqualTo(200);
    HttpResponse<byte[]> ready = get(world.server.management().resolve("/readyz"));
    assertThat(new String(ready.body(), UTF_8))
        .contains("\"ready\":true", "\"database\":\"ok\"", "\"crl\":\"ok\"", "\"clock\":\"ok\"");
    String metrics = new String(get(world.server.management().resolve("/metrics")).body(), UTF_8);
    for (String step : new String[] {"admit", "approve", "draft", "sign", "record"}) {
      assertThat(metrics)
          .contains("countersign_corridor_seconds_count{outcome=\"passed\",step=\"" + step + "\"}");
    }
    assertThat(metrics).contains("jetty_server_requests_seconds_count{listener=\"https\"");
    for (String what : new String[] {"denials", "checkins", "enrollments", "retry-keys"}) {
      assertThat(metrics).contains("countersign_removed_total{what=\"" + what + "\"} 0.0");
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .as("who removes them, a minute after the start and each hour")
        .extracting(Thread::getName)
        .contains("countersign-cleaning");
  }

  @Test
  void ready_and_measured_while_all_who_may_wait_for_the_database_do(World world) throws Exception {
    Workers workers = world.server.wiring().workers;
    CompletableFuture<Void> end = new CompletableFuture<>();
    try {
      for (int i = 0; i < 64; i++) { // four for each that there is
        workers.execute(end::join);
      }
      for (String path : new String[] {"/healthz", "/readyz", "/metrics"}) {
        assertThat(get(world.server.management().resolve(path)).statusCode())
            .as(path)
            .isEqualTo(200);
      }
      assertThat(workers.waiting()).isPositive();
    } finally {
      end.complete(null);
    }
  }

  @Test
  void not_ready_when_the_clock_or_the_database_is_wrong() throws Exception {
    try (TestServer server = TestServer.start()) {
      server.clock.shift(java.time.Duration.ofHours(-1));
      HttpResponse<byte[]> early = get(server.management().resolve("/readyz"));
      assertThat(early.statusCode()).isEqualTo(503);
      assertThat(new String(early.body(), UTF_8)).contains("the clock says");
      server.clock.shift(java.time.Duration.ZERO);
      server.wiring().founded.database().close();
      assertThat(get(server.management().resolve("/readyz")).statusCode()).isEqualTo(503);
      assertThat(get(server.management().resolve("/healthz")).statusCode()).isEqualTo(200);
    }
  }
}
