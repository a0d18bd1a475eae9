package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** {@code /v1/renewal-info} and {@code /v1/renewal-calls}. */
abstract class RenewalInfoContract extends ContractCases {

  private static JsonNode info(World world, Credential credential) {
    TestClient.Answer answer = world.anonymous().get("/v1/renewal-info/" + credential.serial());
    ok(answer, 200);
    assertThat(answer.header("Retry-After")).isEqualTo("3600");
    return answer.json();
  }

  private static Instant start(JsonNode info) {
    return Instant.parse(info.at("/suggestedWindow/start").asText());
  }

  private static Instant end(JsonNode info) {
    return Instant.parse(info.at("/suggestedWindow/end").asText());
  }

  @Test
  void the_window_is_the_one_that_came_with_the_certificate(World world) {
    Credential one = world.fresh("window");
    TestClient.Answer renewed =
        world.server.as(one).post("/v1/renew", TestClient.JSON, one.renewal().payload());
    JsonNode info =
        world.anonymous().get("/v1/renewal-info/" + renewed.json().path("serial").asText()).json();
    assertThat(info.at("/suggestedWindow/start")).isEqualTo(renewed.json().at("/renewal/start"));
    assertThat(info.at("/suggestedWindow/end")).isEqualTo(renewed.json().at("/renewal/end"));
    assertThat(info.path("why").asText()).isEqualTo("scheduled");
  }

  @Test
  void a_certificate_may_be_named_as_acme_does(World world) {
    Credential one = world.fresh("ari");
    byte[] serial = one.certificate().serial().toBigInteger().toByteArray();
    String id = "AAAA." + Base64.getUrlEncoder().withoutPadding().encodeToString(serial);
    assertThat(world.anonymous().get("/v1/renewal-info/" + id).json()).isEqualTo(info(world, one));
  }

  @Test
  void an_operator_calls_in_a_certificate_or_all_of_an_identity(World world) {
    Credential one = world.fresh("called");
    Credential other = world.fresh("called");
    Instant before = start(info(world, one));
    TestClient.Answer called =
        world
            .asOperator()
            .post(
                "/v1/renewal-calls",
                json("{'certificate':'" + one.serial() + "','within':'PT10M'}"));
    ok(called, 201);
    Instant at = Instant.parse(called.json().path("calledAt").asText());
    JsonNode info = info(world, one);
    assertThat(info.path("why").asText()).isEqualTo("called");
    assertThat(start(info)).isBefore(before).isBetween(at, at.plus(Duration.ofMinutes(9)));
    assertThat(end(info)).isBeforeOrEqualTo(at.plus(Duration.ofMinutes(10)));
    assertThat(info(world, other).path("why").asText()).isEqualTo("scheduled");

    ok(
        world
            .asOperator()
            .post("/v1/renewal-calls", json("{'identity':'" + World.identityOf(other) + "'}")),
        201);
    assertThat(info(world, other).path("why").asText()).isEqualTo("called");
    TestClient.Answer renewed =
        world.server.as(other).post("/v1/renew", TestClient.JSON, other.renewal().payload());
    JsonNode next =
        world.anonymous().get("/v1/renewal-info/" + renewed.json().path("serial").asText()).json();
    assertThat(next.path("why").asText()).as("what was issued since").isEqualTo("scheduled");
    JsonNode event =
        world
            .asAuditor()
            .get("/v1/events?action=renewal.called&identity=" + World.identityOf(other))
            .json()
            .at("/items/0");
    assertThat(event.path("identity").asText()).isEqualTo(World.identityOf(other));
    assertThat(event.at("/details/within").asText()).isEqualTo("PT1H");
  }

  @Test
  void an_issuing_ca_is_called_in_with_all_that_it_has_issued() {
    try (TestServer server = TestServer.start()) {
      Credential admin = server.enrolled(server.adminString);
      Credential one = server.identity("orders", "peer", World.dns("orders.internal"));
      ok(
          server
              .as(admin)
              .post("/v1/renewal-calls", json("{'issuer':'issuing-1','within':'PT0S'}")),
          201);
      JsonNode info = server.anonymous().get("/v1/renewal-info/" + one.serial()).json();
      assertThat(info.path("why").asText()).isEqualTo("called");
      assertThat(end(info)).isEqualTo(start(info));
    }
  }

  @Test
  void the_window_of_what_is_revoked_is_over(World world) {
    Credential one = world.fresh("over");
    ok(
        world
            .asOperator()
            .post("/v1/certificates/" + one.serial() + "/revoke", json("{'reason':'superseded'}")),
        200);
    JsonNode info = info(world, one);
    assertThat(info.path("why").asText()).isEqualTo("denied");
    assertThat(end(info)).isBeforeOrEqualTo(world.server.clock.instant());
  }

  @Test
  void what_is_not_known_or_not_allowed_is_refused(World world) {
    for (String id : new String[] {"0abc", "x", "AAAA.!", "AAAA."}) {
      refused(world.anonymous().get("/v1/renewal-info/" + id), 404, "not-found");
    }
    TestClient operator = world.asOperator();
    for (String body :
        new String[] {
          "{}",
          "{'identity':'orders','issuer':'issuing-1'}",
          "{'identity':'orders','within':'P31D'}",
          "{'identity':'orders','within':'soon'}"
        }) {
      refused(operator.post("/v1/renewal-calls", json(body)), 400, "malformed");
    }
    for (String body :
        new String[] {"{'certificate':'0abc'}", "{'identity':'nosuch'}", "{'issuer':'root-1'}"}) {
      refused(operator.post("/v1/renewal-calls", json(body)), 404, "not-found");
    }
    String fine = json("{'identity':'orders'}");
    refused(world.asAuditor().post("/v1/renewal-calls", fine), 403, "forbidden");
    refused(world.anonymous().post("/v1/renewal-calls", fine), 401, "unauthenticated");
  }
}
