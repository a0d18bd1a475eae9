package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import java.net.http.HttpRequest;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@code POST /v1/certificates}. */
abstract class IssueContract extends ContractCases {

  static String body(Credential.Wish wish, String identity, String more) {
    return body(wish.csr(), identity, more);
  }

  private static String body(byte[] der, String identity, String more) {
    String csr = Pem.encode("CERTIFICATE REQUEST", der).replace("\n", "\\n");
    return "{\"csr\":\""
        + csr
        + "\",\"identity\":\""
        + identity
        + "\",\"profile\":\"peer\""
        + json(more)
        + "}";
  }

  private static TestClient.Answer issue(World world, String key, String body) {
    TestClient client = world.asOperator();
    HttpRequest.Builder request =
        client
            .request("/v1/certificates")
            .header("Content-Type", TestClient.JSON)
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return client.send(request.build());
  }

  @Test
  void an_operator_issues_for_an_identity(World world) {
    Credential.Wish wish = world.service.renewal();
    TestClient.Answer answer =
        world
            .asOperator()
            .post(
                "/v1/certificates",
                body(wish, "orders", ",'lifetime':'PT2H','names':{'dns':['ORDERS.internal']}"));
    ok(answer, 201);
    String serial = answer.json().path("serial").asText();
    assertThat(answer.header("Location")).isEqualTo("/v1/certificates/" + serial);
    assertThat(answer.json().at("/names/dns/0").asText()).isEqualTo("orders.internal");
    assertThat(wish.granted(answer).serial()).isEqualTo(serial);
  }

  @Test
  void without_a_profile_it_is_that_of_the_identity(World world) {
    Credential.Wish wish = world.service.renewal();
    String named = body(wish, "orders", "");
    TestClient.Answer answer =
        world.asOperator().post("/v1/certificates", named.replace(",\"profile\":\"peer\"", ""));
    ok(answer, 201);
    assertThat(answer.json().path("profile").asText()).isEqualTo("peer");
  }

  @Test
  void the_same_idempotency_key_gets_the_same_certificate(World world) {
    String key = world.name("key");
    Credential.Wish wish = world.service.renewal();
    TestClient.Answer first = issue(world, key, body(wish, "orders", ""));
    ok(first, 201);
    TestClient.Answer again = issue(world, key, body(wish, "orders", ""));
    assertThat(again.json().path("serial")).isEqualTo(first.json().path("serial"));
    TestClient.Answer other = issue(world, key, body(world.service.renewal(), "orders", ""));
    refused(other, 422, "idempotency-mismatch");
    TestClient.Answer longer = issue(world, key, body(wish, "orders", ",'lifetime':'PT3H'"));
    refused(longer, 422, "idempotency-mismatch");
    byte[] named = wish.csr(World.dns("orders.internal")); // granted, but not what was asked for
    refused(issue(world, key, body(named, "orders", "")), 422, "idempotency-mismatch");
    byte[] subject = CertificateRequest.create(wish.key(), Optional.of("orders"), Names.none());
    refused(issue(world, key, body(subject, "orders", "")), 422, "idempotency-mismatch");
    refused(issue(world, "k".repeat(65), body(wish, "orders", "")), 400, "malformed");
  }

  @Test
  void what_must_not_be_is_refused(World world) {
    Credential.Wish wish = world.service.renewal();
    TestClient operator = world.asOperator();
    refused(operator.post("/v1/certificates", body(wish, "nobody", "")), 404, "not-found");
    refused(operator.post("/v1/certificates", body(wish, "countersignd", "")), 403, "not-allowed");
    refused(operator.post("/v1/certificates", body(wish, "admin", "")), 403, "forbidden");
    refused(
        operator.post(
            "/v1/certificates", body(wish, "orders", ",'names':{'dns':['other.internal']}")),
        403,
        "not-allowed");
    refused(
        operator.post("/v1/certificates", body(wish, "orders", ",'lifetime':'P9999D'")),
        403,
        "not-allowed");
    refused(
        operator.post(
            "/v1/certificates", json("{'csr':'AA','identity':'orders','profile':'peer'}")),
        400,
        "malformed");
  }

  @Test
  void a_request_that_is_not_whole_is_pointed_at(World world) {
    for (String csr : new String[] {"garbage", "AA", "!", "-----BEGIN CERTIFICATE REQUEST-----"}) {
      TestClient.Answer answer =
          world
              .asOperator()
              .post("/v1/certificates", json("{'csr':'" + csr + "','identity':'orders'}"));
      refused(answer, 400, "malformed");
      assertThat(answer.json().path("pointer").asText()).as(csr).isEqualTo("/csr");
      assertThat(answer.json().path("detail").asText()).as(csr).containsPattern("request|PEM");
    }
  }

  @Test
  void what_is_wrong_in_a_body_is_pointed_at(World world) {
    Credential.Wish wish = world.service.renewal();
    String[][] cases = {
      {",'more':1", "/more"},
      {",'lifetime':5", "/lifetime"},
      {",'lifetime':'soon'", "/lifetime"},
      {",'names':[]", "/names"},
      {",'names':{'dns':'x'}", "/names/dns"},
      {",'names':{'dns':['ok.internal',7]}", "/names/dns/1"},
      {",'names':{'dns':['ok.internal','no good']}", "/names/dns/1"},
      {",'names':{'ip':['10.0.0.256']}", "/names/ip/0"},
      {",'names':{'a/b~c':[]}", "/names/a~1b~0c"},
      {",'names':null", "/names"},
      {",'profile':'peer'", "/profile"},
    };
    for (String[] each : cases) {
      TestClient.Answer answer =
          world.asOperator().post("/v1/certificates", body(wish, "orders", each[0]));
      refused(answer, 400, "malformed");
      assertThat(answer.json().path("pointer").asText()).as(each[0]).isEqualTo(each[1]);
    }
    TestClient.Answer missing =
        world.asOperator().post("/v1/certificates", json("{'csr':'AA','profile':'peer'}"));
    refused(missing, 400, "malformed");
    assertThat(missing.json().path("pointer").asText()).isEqualTo("/identity");
  }
}
