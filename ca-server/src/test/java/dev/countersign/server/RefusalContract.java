package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.config.LimitsConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What all calls have in common: who may, how much, in which form. */
abstract class RefusalContract extends ContractCases {

  record Call(String method, String path) {}

  static final List<Call> FOR_READERS =
      List.of(
          new Call("GET", "/v1/certificates"),
          new Call("GET", "/v1/certificates/0abc"),
          new Call("GET", "/v1/certificates/0abc.pem"),
          new Call("GET", "/v1/identities"),
          new Call("GET", "/v1/identities/orders"),
          new Call("GET", "/v1/enrollments"),
          new Call("GET", "/v1/profiles"),
          new Call("GET", "/v1/profiles/peer"),
          new Call("GET", "/v1/authorities"),
          new Call("GET", "/v1/authorities/root-1"),
          new Call("GET", "/v1/events"));

  static final List<Call> WITH_BODY =
      List.of(
          new Call("POST", "/v1/certificates"),
          new Call("POST", "/v1/identities"),
          new Call("PATCH", "/v1/identities/orders"),
          new Call("POST", "/v1/identities/orders/revoke"),
          new Call("POST", "/v1/enrollments"));

  static final List<Call> WITHOUT_BODY =
      List.of(
          new Call("POST", "/v1/certificates/0abc/release"),
          new Call("POST", "/v1/identities/orders/restore"),
          new Call("DELETE", "/v1/enrollments/unknown"));

  static final List<Call> WITH_PROOF_IN_BODY =
      List.of(
          new Call("POST", "/v1/enroll"),
          new Call("POST", "/v1/renew"),
          new Call("POST", "/v1/certificates/0abc/revoke"));

  @Test
  void operators_calls_are_for_operators(World world) {
    TestClient anonymous = world.anonymous();
    TestClient service = world.asService();
    TestClient auditor = world.asAuditor();
    for (Call call : FOR_READERS) {
      refused(anonymous.get(call.path()), 401, "unauthenticated");
      refused(service.get(call.path()), 403, "forbidden");
    }
    for (Call call : WITH_BODY) {
      byte[] body = "{}".getBytes(UTF_8);
      refused(
          anonymous.send(call.method(), call.path(), TestClient.JSON, body),
          401,
          "unauthenticated");
      refused(service.send(call.method(), call.path(), TestClient.JSON, body), 403, "forbidden");
      refused(auditor.send(call.method(), call.path(), TestClient.JSON, body), 403, "forbidden");
    }
    for (Call call : WITHOUT_BODY) {
      refused(anonymous.send(call.method(), call.path(), null, null), 401, "unauthenticated");
      refused(service.send(call.method(), call.path(), null, null), 403, "forbidden");
      refused(auditor.send(call.method(), call.path(), null, null), 403, "forbidden");
    }
  }

  @Test
  void a_body_has_its_type_and_its_limit(World world) {
    TestClient operator = world.asOperator();
    for (Call call : WITH_BODY) {
      refused(
          operator.send(call.method(), call.path(), "text/plain", "{}".getBytes(UTF_8)),
          415,
          "unsupported-media-type");
    }
    byte[] large = new byte[64 * 1024 + 1];
    for (Call call :
        List.of(WITH_BODY, WITH_PROOF_IN_BODY).stream().flatMap(List::stream).toList()) {
      refused(
          operator.send(call.method(), call.path(), TestClient.JSON, large), 413, "body-too-large");
    }
  }

  @Test
  void what_is_not_there_and_methods_that_are_not(World world) {
    refused(world.asAdmin().get("/v1/nothing"), 404, "not-found");
    refused(world.asAdmin().get("/v1/trust/"), 404, "not-found");
    TestClient.Answer wrong = world.asAdmin().send("DELETE", "/v1/trust", null, null);
    refused(wrong, 405, "method-not-allowed");
    assertThat(wrong.header("Allow")).isEqualTo("GET");
  }

  @Test
  void a_name_that_is_not_there_leads_to_those_that_are(World world) {
    for (String[] each :
        new String[][] {
          {"/v1/identities/nosuch", "countersign identity list"},
          {"/v1/certificates/0abc", "countersign certificate list"},
          {"/v1/certificates/0abc.pem", "countersign certificate list"},
          {"/v1/profiles/nosuch", "countersign profile list"},
          {"/v1/authorities/nosuch", "countersign authority list"}
        }) {
      TestClient.Answer answer = world.asOperator().get(each[0]);
      refused(answer, 404, "not-found");
      assertThat(answer.text()).contains(each[1]);
    }
    TestClient.Answer cancelled =
        world.asOperator().send("DELETE", "/v1/enrollments/no", null, null);
    refused(cancelled, 404, "not-found");
    assertThat(cancelled.text()).contains("countersign enrollment list");
  }

  @Test
  void who_asks_too_often_is_told_when_to_come_back(World world) {
    LimitsConfig usual = LimitsConfig.DEFAULT;
    LimitsConfig tight =
        new LimitsConfig(
            usual.connections(),
            usual.connectionsPerAddress(),
            Duration.ofSeconds(30),
            new LimitsConfig.RateConfig(1, 1),
            new LimitsConfig.RateConfig(0, 0));
    try (TestServer server = TestServer.start(new TestServer.Settings(tight, null))) {
      TestClient client = server.anonymous();
      byte[] body = "{}".getBytes(UTF_8);
      client.post("/v1/enroll", TestClient.JOSE, body);
      String revoke = "/v1/certificates/0abc/revoke";
      for (String path :
          new String[] {"/v1/enroll", "/v1/renew", "/v1/certificates", revoke, "/v1/checkin"}) {
        TestClient.Answer answer;
        do { // the bucket may have been filled again by now
          answer = client.post(path, TestClient.JOSE, body);
        } while (answer.status() != 429);
        refused(answer, 429, "rate-limited");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
      }
      TestClient.Answer all;
      do {
        all = client.get("/v1/denials");
      } while (all.status() != 429);
      refused(all, 429, "rate-limited");
      TestClient.Answer window;
      do {
        window = client.get("/v1/renewal-info/0abc");
      } while (window.status() != 429);
      refused(window, 429, "rate-limited");
      TestClient.Answer changes;
      do {
        changes = client.get("/v1/denials?after=1"); // which nobody else knows
      } while (changes.status() != 429);
      refused(changes, 429, "rate-limited");
      ok(client.get("/v1/denials?after=0"), 200);
      ok(client.get("/v1/trust"), 200);
    }
  }
}
