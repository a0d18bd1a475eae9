package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.identity.Role;
import org.junit.jupiter.api.Test;

/** Revoking, holding and releasing. */
abstract class RevokeContract extends ContractCases {
  private static final String SUPERSEDED = json("{'reason':'superseded'}");
  private static final String HOLD = json("{'reason':'certificateHold'}");

  private static String path(Credential credential, String act) {
    return "/v1/certificates/" + credential.serial() + "/" + act;
  }

  @Test
  void an_operator_revokes_and_repeats_it(World world) {
    Credential credential = world.fresh("revoked");
    TestClient operator = world.asOperator();
    TestClient.Answer first = operator.post(path(credential, "revoke"), SUPERSEDED);
    ok(first, 200);
    assertThat(first.json().at("/revoked/0").asText()).isEqualTo(credential.serial());
    TestClient.Answer again = operator.post(path(credential, "revoke"), SUPERSEDED);
    assertThat(again.json().path("revokedAt")).isEqualTo(first.json().path("revokedAt"));
    assertThat(first.json().path("changed").asBoolean()).isTrue();
    assertThat(again.json().path("changed").asBoolean(true)).isFalse();
    refused(operator.post(path(credential, "revoke"), HOLD), 409, "conflict");
    refused(operator.post(path(credential, "release")), 409, "conflict");
  }

  @Test
  void a_hold_is_lifted(World world) {
    Credential credential = world.fresh("held");
    TestClient operator = world.asOperator();
    ok(operator.post(path(credential, "revoke"), HOLD), 200);
    TestClient held = world.server.as(credential);
    refused(
        held.post("/v1/renew", TestClient.JSON, credential.renewal().payload()),
        403,
        "certificate-revoked");
    TestClient.Answer released = operator.post(path(credential, "release"));
    ok(released, 200);
    assertThat(released.json().path("status").asText()).isEqualTo("active");
    assertThat(released.json().path("changed").asBoolean()).isTrue();
    TestClient.Answer again = operator.post(path(credential, "release"));
    assertThat(again.json().path("changed").asBoolean(true)).isFalse();
    TestClient.Answer shown = operator.get("/v1/certificates/" + credential.serial());
    assertThat(shown.json().has("changed")).isFalse();
    ok(held.post("/v1/renew", TestClient.JSON, credential.renewal().payload()), 200);
  }

  @Test
  void a_key_revokes_its_own_certificate_by_tls_or_by_signature(World world) {
    Credential one = world.fresh("own-tls");
    ok(world.server.as(one).post(path(one, "revoke"), json("{'reason':'keyCompromise'}")), 200);
    Credential two = world.fresh("own-jws");
    byte[] payload = SUPERSEDED.getBytes(UTF_8);
    TestClient client = world.anonymous();
    String path = path(two, "revoke");
    ok(client.post(path, TestClient.JOSE, two.signed(client.url(path), payload)), 200);
    // signed for another certificate's address
    byte[] elsewhere = two.signed(client.url(path(world.service, "revoke")), payload);
    refused(client.post(path, TestClient.JOSE, elsewhere), 401, "unauthenticated");
  }

  @Test
  void whoever_has_a_role_revokes_the_own_certificate_without_an_admin(World world) {
    for (Role role : Role.values()) {
      Credential own = world.server.operator(world.name(role.label()), role);
      TestClient client = world.server.as(own);
      ok(client.post(path(own, "revoke"), json("{'reason':'keyCompromise'}")), 200);
      refused(client.get("/v1/certificates"), 403, "certificate-revoked");
      // The world is shared, and another test wants to meet its last admin
      String identity = "/v1/identities/" + World.identityOf(own);
      ok(world.asAdmin().post(identity + "/revoke", SUPERSEDED), 200);
    }
  }

  @Test
  void another_certificate_does_not_exist_for_a_service(World world) {
    TestClient service = world.asService();
    TestClient.Answer existing = service.post(path(world.fresh("other"), "revoke"), SUPERSEDED);
    TestClient.Answer unknown = service.post("/v1/certificates/0abc/revoke", SUPERSEDED);
    refused(existing, 404, "not-found");
    refused(unknown, 404, "not-found");
    assertThat(existing.json().path("detail")).isEqualTo(unknown.json().path("detail"));
    refused(world.asAuditor().post(path(world.service, "revoke"), SUPERSEDED), 403, "forbidden");
    refused(
        world.anonymous().post(path(world.service, "revoke"), SUPERSEDED), 401, "unauthenticated");
  }

  @Test
  void a_stolen_key_takes_along_what_was_renewed_from_it(World world) {
    Credential old = world.fresh("lineage");
    Credential.Wish wish = old.renewal();
    Credential renewed =
        wish.granted(world.server.as(old).post("/v1/renew", TestClient.JSON, wish.payload()));
    String since = old.certificate().notBefore().toString();
    TestClient.Answer answer =
        world
            .asOperator()
            .post(
                path(old, "revoke"),
                json("{'reason':'keyCompromise','invalidityDate':'" + since + "'}"));
    ok(answer, 200);
    assertThat(answer.json().path("revoked").toString()).contains(old.serial(), renewed.serial());
    TestClient.Answer row = world.asAuditor().get("/v1/certificates/" + old.serial());
    assertThat(row.json().path("invalidityDate").asText()).isEqualTo(since);
  }

  @Test
  void an_invalidity_date_out_of_bounds_is_refused_with_one_that_would_do(World world) {
    Credential credential = world.fresh("dated");
    TestClient operator = world.asOperator();
    String began = credential.certificate().notBefore().toString();
    for (String path :
        new String[] {
          path(credential, "revoke"), "/v1/identities/" + World.identityOf(credential) + "/revoke"
        }) {
      for (String date : new String[] {"+10000-01-01T00:00:00Z", "2001-01-01T00:00:00Z"}) {
        TestClient.Answer answer =
            operator.post(path, json("{'reason':'keyCompromise','invalidityDate':'" + date + "'}"));
        refused(answer, 400, "malformed");
        assertThat(answer.json().path("pointer").asText()).isEqualTo("/invalidityDate");
      }
    }
    TestClient.Answer early =
        operator.post(
            path(credential, "revoke"),
            json("{'reason':'keyCompromise','invalidityDate':'2001-01-01T00:00:00Z'}"));
    assertThat(early.json().path("detail").asText()).contains(began);
  }

  @Test
  void what_cannot_be_meant_is_refused(World world) {
    TestClient operator = world.asOperator();
    String path = path(world.service, "revoke");
    for (String body :
        new String[] {
          "{}",
          "{'reason':'because'}",
          "{'reason':'KEYCOMPROMISE'}",
          "{'reason':1}",
          "{'reason':'cACompromise'}",
          "{'reason':'superseded','invalidityDate':'then'}"
        }) {
      refused(operator.post(path, json(body)), 400, "malformed");
    }
    refused(operator.post("/v1/certificates/xyz/revoke", SUPERSEDED), 400, "malformed");
    refused(operator.post("/v1/certificates/xyz/release"), 400, "malformed");
    refused(operator.post("/v1/certificates/0abc/revoke", SUPERSEDED), 404, "not-found");
    refused(operator.post("/v1/certificates/0abc/release"), 404, "not-found");
    refused(operator.post(path(world.admin, "revoke"), SUPERSEDED), 403, "forbidden");
    refused(operator.post(path(world.admin, "release")), 403, "forbidden");
    refused(operator.send("POST", path, "text/plain", new byte[1]), 415, "unsupported-media-type");
  }
}
