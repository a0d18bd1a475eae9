package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code /v1/identities}. */
abstract class IdentityContract extends ContractCases {

  private static TestClient.Answer patch(TestClient client, String name, String body) {
    return client.send(
        "PATCH", "/v1/identities/" + name, TestClient.JSON, json(body).getBytes(UTF_8));
  }

  @Test
  void added_shown_changed_and_listed(World world) {
    String name = world.name("added");
    TestClient operator = world.asOperator();
    TestClient.Answer added =
        operator.post(
            "/v1/identities",
            json(
                "{'name':'"
                    + name
                    + "','owner':'Team A','names':{'dns':['a.internal'],'ip':['10.0.0.1'],"
                    + "'uri':['https://a.internal/'],'email':['a@a.internal']}}"));
    ok(added, 201);
    assertThat(added.header("Location")).isEqualTo("/v1/identities/" + name);
    assertThat(added.json().path("profile").asText()).isEqualTo("peer");
    assertThat(world.asAuditor().get("/v1/identities/" + name).json()).isEqualTo(added.json());
    TestClient.Answer changed = patch(operator, name, "{'owner':'','profile':'server'}");
    ok(changed, 200);
    assertThat(changed.json().has("owner")).isFalse();
    assertThat(changed.json().path("names")).isEqualTo(added.json().path("names"));
    TestClient.Answer page = world.asAuditor().get("/v1/identities?state=active&limit=1");
    ok(page, 200);
    assertThat(page.json().path("items")).hasSize(1);
    ok(world.asAuditor().get("/v1/identities?cursor=" + page.json().path("next").asText()), 200);
    refused(
        operator.post("/v1/identities", json("{'name':'" + name + "'}")), 409, "already-exists");
  }

  @Test
  void what_cannot_be_meant_is_refused(World world) {
    TestClient operator = world.asOperator();
    for (String body :
        new String[] {
          "{}",
          "{'name':'Upper'}",
          "{'name':'-x'}",
          "{'name':5}",
          "{'name':'x','role':'boss'}",
          "{'name':'x','profile':'none'}",
          "{'name':'x','name':'y'}"
        }) {
      refused(operator.post("/v1/identities", json(body)), 400, "malformed");
    }
    refused(operator.post("/v1/identities", json("{'name':'countersignd'}")), 403, "not-allowed");
    refused(patch(operator, "orders", "{'names':{'dns':['*.*.x']}}"), 400, "malformed");
    refused(patch(operator, "nobody", "{}"), 404, "not-found");
    refused(world.asAuditor().get("/v1/identities/nobody"), 404, "not-found");
    refused(world.asAuditor().get("/v1/identities?state=odd"), 400, "malformed");
    refused(operator.post("/v1/identities/nobody/restore"), 404, "not-found");
    refused(
        operator.post("/v1/identities/nobody/revoke", json("{'reason':'superseded'}")),
        404,
        "not-found");
    refused(operator.post("/v1/identities/orders/revoke", "{}"), 400, "malformed");
  }

  @Test
  void only_an_admin_touches_who_has_a_role(World world) {
    TestClient operator = world.asOperator();
    String name = world.name("person");
    refused(
        operator.post("/v1/identities", json("{'name':'" + name + "','role':'auditor'}")),
        403,
        "forbidden");
    TestClient admin = world.asAdmin();
    ok(
        admin.post(
            "/v1/identities",
            json("{'name':'" + name + "','role':'auditor','profile':'operator'}")),
        201);
    refused(patch(operator, name, "{'owner':'me'}"), 403, "forbidden");
    refused(patch(operator, "orders", "{'role':'operator'}"), 403, "forbidden");
    refused(
        operator.post("/v1/identities/" + name + "/revoke", json("{'reason':'superseded'}")),
        403,
        "forbidden");
    refused(
        operator.post("/v1/enrollments", json("{'identity':'" + name + "'}")), 403, "forbidden");
    ok(admin.post("/v1/identities/" + name + "/revoke", json("{'reason':'superseded'}")), 200);
    refused(operator.post("/v1/identities/" + name + "/restore"), 403, "forbidden");
    ok(admin.post("/v1/identities/" + name + "/restore"), 200);
    ok(patch(admin, name, "{'role':'none'}"), 200);
    ok(patch(operator, name, "{'owner':'me'}"), 200);
  }

  @Test
  void the_last_admin_stays(World world) {
    TestClient admin = world.asAdmin();
    refused(patch(admin, "admin", "{'role':'none'}"), 409, "last-admin");
    refused(patch(admin, "admin", "{'role':'operator'}"), 409, "last-admin");
    refused(
        admin.post("/v1/identities/admin/revoke", json("{'reason':'superseded'}")),
        409,
        "last-admin");
  }

  @Test
  void revoking_takes_all_certificates_and_open_strings(World world) {
    Credential credential = world.fresh("dropped");
    String name = World.identityOf(credential);
    String open = world.server.string(name).enrollmentId();
    TestClient operator = world.asOperator();
    TestClient.Answer revoked =
        operator.post("/v1/identities/" + name + "/revoke", json("{'reason':'keyCompromise'}"));
    ok(revoked, 200);
    assertThat(revoked.json().at("/revoked/0").asText()).isEqualTo(credential.serial());
    assertThat(revoked.json().at("/cancelledEnrollments/0").asText()).isEqualTo(open);
    refused(
        operator.post("/v1/enrollments", json("{'identity':'" + name + "'}")),
        403,
        "identity-revoked");
    refused(
        operator.post("/v1/certificates", IssueContract.body(credential.renewal(), name, "")),
        403,
        "identity-revoked");
    ok(operator.post("/v1/identities/" + name + "/restore"), 200);
    ok(operator.post("/v1/identities/" + name + "/restore"), 200);
  }
}
