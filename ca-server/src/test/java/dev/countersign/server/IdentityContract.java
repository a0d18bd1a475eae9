package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.InvalidEnrollmentStringException;
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
                    + "'uri':['spiffe://test.internal/"
                    + name
                    + "'],'email':['a@a.internal']}}"));
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
  void who_prepared_certificates_and_strings_does_not_get_the_role(World world)
      throws InvalidEnrollmentStringException {
    TestClient admin = world.asAdmin();
    TestClient olga = world.asOperator();
    String name = world.name("promoted");
    ok(olga.post("/v1/identities", json("{'name':'" + name + "'}")), 201);
    Credential prepared = world.server.enrolled(string(olga, name, "peer"));
    EnrollmentString open = string(olga, name, "peer");
    String operators = "{'identity':'" + name + "','profile':'operator'}";
    TestClient.Answer tooEarly = olga.post("/v1/enrollments", json(operators));
    refused(tooEarly, 403, "not-allowed");
    assertThat(tooEarly.json().path("detail").asText()).contains("identity update " + name);

    ok(patch(admin, name, "{'role':'admin'}"), 200);

    TestClient thief = world.server.as(prepared);
    TestClient.Answer refused = thief.get("/v1/identities");
    refused(refused, 403, "forbidden");
    assertThat(refused.json().path("detail").asText()).contains("--profile operator");
    refused(
        world
            .anonymous()
            .post("/v1/enroll", TestClient.JOSE, Credential.wish(open).jws(world.server.https())),
        410,
        "enrollment-cancelled");
    refused(olga.post("/v1/enrollments", json(operators)), 403, "forbidden");
    Credential.Wish wish = prepared.renewal();
    TestClient.Answer renewed = thief.post("/v1/renew", TestClient.JSON, wish.payload());
    ok(renewed, 200); // as a service it is what it was
    refused(world.server.as(wish.granted(renewed)).get("/v1/identities"), 403, "forbidden");

    Credential own = world.server.enrolled(string(admin, name, "operator"));
    ok(world.server.as(own).get("/v1/identities"), 200);
    ok(patch(admin, name, "{'role':'auditor'}"), 200);
    ok(world.server.as(own).get("/v1/identities"), 200); // less power than before
    ok(patch(admin, name, "{'role':'operator'}"), 200);
    TestClient.Answer outgrown = world.server.as(own).get("/v1/identities");
    refused(outgrown, 403, "forbidden");
    assertThat(outgrown.json().path("detail").asText()).contains("from before");
    refused(
        world.server.as(own).post("/v1/renew", TestClient.JSON, own.renewal().payload()),
        403,
        "not-allowed");
    ok(
        world
            .server
            .as(own)
            .post("/v1/certificates/" + own.serial() + "/revoke", json("{'reason':'superseded'}")),
        200);
  }

  private static EnrollmentString string(TestClient operator, String identity, String profile)
      throws InvalidEnrollmentStringException {
    TestClient.Answer made =
        operator.post(
            "/v1/enrollments", json("{'identity':'" + identity + "','profile':'" + profile + "'}"));
    ok(made, 201);
    return EnrollmentString.parse(made.json().path("string").asText());
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
    TestClient.Answer restored = operator.post("/v1/identities/" + name + "/restore");
    ok(restored, 200);
    assertThat(restored.json().path("changed").asBoolean()).isTrue();
    restored = operator.post("/v1/identities/" + name + "/restore");
    ok(restored, 200);
    assertThat(restored.json().path("changed").asBoolean(true)).isFalse();
  }
}
