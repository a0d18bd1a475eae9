package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.InvalidEnrollmentStringException;
import org.junit.jupiter.api.Test;

/** {@code /v1/enrollments}. */
abstract class EnrollmentContract extends ContractCases {

  @Test
  void made_used_listed_and_cancelled(World world) throws InvalidEnrollmentStringException {
    TestClient operator = world.asOperator();
    TestClient.Answer made =
        operator.post(
            "/v1/enrollments",
            json("{'identity':'orders','profile':'client','ttl':'PT5M','uses':2}"));
    ok(made, 201);
    EnrollmentString string = EnrollmentString.parse(made.json().path("string").asText());
    assertThat(string.endpoints()).contains(world.server.https());
    assertThat(string.pins()).containsExactly(world.server.root().pin());
    world.server.enrolled(string);
    TestClient.Answer list =
        world.asAuditor().get("/v1/enrollments?identity=orders&state=open&limit=1");
    ok(list, 200);
    assertThat(list.json().at("/items/0/usesLeft").asInt()).isEqualTo(1);
    assertThat(list.text()).doesNotContain("csgn1_");
    String path = "/v1/enrollments/" + string.enrollmentId();
    TestClient.Answer cancelled = operator.send("DELETE", path, null, null);
    ok(cancelled, 200);
    assertThat(cancelled.json().path("state").asText()).isEqualTo("cancelled");
    assertThat(cancelled.json().path("changed").asBoolean()).isTrue();
    TestClient.Answer again = operator.send("DELETE", path, null, null);
    assertThat(again.json().path("changed").asBoolean(true)).isFalse();
    assertThat(again.json().path("cancelledAt").asText())
        .isNotEmpty()
        .isEqualTo(cancelled.json().path("cancelledAt").asText());
  }

  @Test
  void what_cannot_be_meant_is_refused(World world) {
    TestClient operator = world.asOperator();
    for (String more :
        new String[] {
          ",'uses':0",
          ",'uses':1001",
          ",'uses':'1'",
          ",'uses':1.5",
          ",'ttl':'P31D'",
          ",'ttl':'PT0S'",
          ",'ttl':'1h'",
          ",'profile':'none'",
          ",'identity':'orders'"
        }) {
      refused(
          operator.post("/v1/enrollments", json("{'identity':'orders'" + more + "}")),
          400,
          "malformed");
    }
    refused(operator.post("/v1/enrollments", json("{'identity':'nobody'}")), 404, "not-found");
    refused(operator.send("DELETE", "/v1/enrollments/unknown", null, null), 404, "not-found");
    refused(world.asAuditor().get("/v1/enrollments?state=odd"), 400, "malformed");
  }

  @Test
  void what_is_used_up_cannot_be_cancelled(World world) {
    String name = World.identityOf(world.fresh("spent"));
    TestClient.Answer list = world.asAuditor().get("/v1/enrollments?identity=" + name);
    String id = list.json().at("/items/0/id").asText();
    refused(
        world.asOperator().send("DELETE", "/v1/enrollments/" + id, null, null), 409, "conflict");
  }
}
