package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code /v1/checkin} and {@code /v1/checkins}. */
abstract class CheckinContract extends ContractCases {
  private static final String BODY = json("{'denials':3,'trustBundle':1,'version':'orders 1.2'}");

  private static JsonNode loaded(World world, Credential credential) {
    return world.asAuditor().get("/v1/certificates/" + credential.serial()).json().path("loaded");
  }

  private static List<String> unaware(World world, String query) {
    List<String> serials = new ArrayList<>();
    TestClient.Answer answer = world.asAuditor().get("/v1/checkins?" + query);
    ok(answer, 200);
    answer.json().path("items").forEach(one -> serials.add(one.path("serial").asText()));
    return serials;
  }

  /** After it there are numbers, and great ones. */
  private static long newest(World world) {
    ok(
        world
            .asOperator()
            .post(
                "/v1/certificates/" + world.fresh("denied").serial() + "/revoke",
                json("{'reason':'superseded'}")),
        200);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> world.server.wiring().denials.known().number() > 0);
    return world.server.wiring().denials.known().number();
  }

  private static void untilWritten(World world, Credential credential, int denials) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !unaware(world, "limit=1000&below=" + denials).contains(credential.serial()));
  }

  @Test
  void what_a_client_has_loaded_is_shown_with_its_certificate(World world) {
    newest(world);
    Credential one = world.fresh("loaded");
    assertThat(loaded(world, one).isMissingNode()).isTrue();
    TestClient.Answer answer = world.server.as(one).post("/v1/checkin", BODY);
    ok(answer, 200);
    assertThat(answer.json().path("trustBundle").asLong()).isEqualTo(1);
    assertThat(loaded(world, one).path("denials").asLong()).isEqualTo(3);
    untilWritten(world, one, 3);
    JsonNode loaded = loaded(world, one);
    assertThat(loaded.path("denials").asLong()).isEqualTo(3);
    assertThat(loaded.path("trustBundle").asLong()).isEqualTo(1);
    assertThat(loaded.path("version").asText()).isEqualTo("orders 1.2");
  }

  @Test
  void a_client_may_sign_what_it_says(World world) {
    newest(world);
    Credential one = world.fresh("signs");
    byte[] jws = one.signed(world.anonymous().url("/v1/checkin"), BODY.getBytes(UTF_8));
    ok(world.anonymous().post("/v1/checkin", TestClient.JOSE, jws), 200);
    assertThat(loaded(world, one).path("denials").asLong()).isEqualTo(3);
  }

  @Test
  void who_asks_what_comes_after_a_number_has_heard_of_it(World world) {
    newest(world);
    Credential one = world.fresh("polls");
    assertThat(unaware(world, "below=7&identity=" + World.identityOf(one)))
        .containsExactly(one.serial());
    world.server.as(one).get("/v1/denials?after=6");
    untilWritten(world, one, 6);
    String of = "&identity=" + World.identityOf(one);
    assertThat(unaware(world, "below=7" + of)).containsExactly(one.serial());
    assertThat(unaware(world, "below=7&connected=true" + of)).containsExactly(one.serial());
    world.server.as(one).get("/v1/denials?after=7");
    untilWritten(world, one, 7);
    assertThat(unaware(world, "below=7" + of)).isEmpty();
  }

  @Test
  void nobody_has_heard_of_what_was_not_denied_yet(World world) {
    Credential one = world.fresh("boasts");
    String most = "1000000000000000";
    ok(
        world.server.as(one).post("/v1/checkin", BODY.replace("3", most).replace("1,", most + ",")),
        200);
    long number = newest(world) + 1;
    assertThat(loaded(world, one).path("denials").asLong()).isLessThan(number);
    assertThat(loaded(world, one).path("trustBundle").asLong()).isEqualTo(1);
    Credential other = world.fresh("polls-boasting");
    ok(world.server.as(other).get("/v1/denials?after=" + most), 200);
    assertThat(loaded(world, other).path("denials").asLong()).isPositive().isLessThan(number);
  }

  @Test
  void who_was_never_heard_of_is_not_connected_and_a_renewed_one_does_not_count(World world) {
    Credential one = world.fresh("silent");
    String of = "below=1&identity=" + World.identityOf(one);
    assertThat(unaware(world, of)).containsExactly(one.serial());
    assertThat(unaware(world, of + "&connected=true")).isEmpty();
    assertThat(unaware(world, of + "&connected=false")).containsExactly(one.serial());
    TestClient.Answer renewed =
        world.server.as(one).post("/v1/renew", TestClient.JSON, one.renewal().payload());
    ok(renewed, 200);
    assertThat(unaware(world, of)).containsExactly(renewed.json().path("serial").asText());
  }

  @Test
  void those_who_have_not_heard_come_in_pages(World world) {
    world.fresh("many");
    world.fresh("many");
    TestClient.Answer first = world.asAuditor().get("/v1/checkins?limit=1&below=1000000");
    String next = first.json().path("next").asText();
    List<String> second = unaware(world, "limit=1&below=1000000&cursor=" + next);
    assertThat(second).hasSize(1).doesNotContain(first.json().at("/items/0/serial").asText());
    assertThat(first.json().at("/items/0").has("exposedUntil")).isFalse();
  }

  @Test
  void what_cannot_be_read_or_is_not_proved_is_refused(World world) {
    TestClient service = world.asService();
    for (String body :
        new String[] {
          "{'denials':-1,'trustBundle':1}",
          "{'denials':1,'trustBundle':0}",
          "{'denials':1}",
          "{'denials':1,'trustBundle':1,'version':''}"
        }) {
      refused(service.post("/v1/checkin", json(body)), 400, "malformed");
    }
    refused(world.anonymous().post("/v1/checkin", BODY), 401, "unauthenticated");
    byte[] jws =
        world.fresh("elsewhere").signed(world.anonymous().url("/v1/renew"), BODY.getBytes(UTF_8));
    refused(world.anonymous().post("/v1/checkin", TestClient.JOSE, jws), 401, "unauthenticated");
    Credential other = world.fresh("wrong-key");
    byte[] wrong =
        new Credential(other.key(), world.service.chain())
            .signed(world.anonymous().url("/v1/checkin"), BODY.getBytes(UTF_8));
    refused(world.anonymous().post("/v1/checkin", TestClient.JOSE, wrong), 404, "not-found");
    refused(
        service.post("/v1/checkin", "text/plain", BODY.getBytes(UTF_8)),
        415,
        "unsupported-media-type");
    refused(service.get("/v1/checkins"), 403, "forbidden");
    refused(world.anonymous().get("/v1/checkins"), 401, "unauthenticated");
    refused(world.asAuditor().get("/v1/checkins?connected=perhaps"), 400, "malformed");
  }
}
