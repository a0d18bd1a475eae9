package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** {@code GET /v1/denials}. */
abstract class DenialsContract extends ContractCases {
  private static final String SUPERSEDED = json("{'reason':'superseded'}");
  private static final String HOLD = json("{'reason':'certificateHold'}");

  /** What is signed, if it is. */
  private static JsonNode page(World world, TestClient.Answer answer) {
    ok(answer, 200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/jose+json");
    FlattenedJws jws = FlattenedJws.parse(answer.response().body());
    Certificate signer = jws.x5c().get(0);
    assertThat(jws.verify(signer.x509().getPublicKey())).as("the signature").isTrue();
    assertThat(jws.headerText("typ")).isEqualTo("countersign-denials+jws");
    try {
      signer.x509().verify(world.server.root().x509().getPublicKey());
      return Json.MAPPER.readTree(jws.payloadBytes());
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode first(World world) {
    return page(world, world.anonymous().get("/v1/denials"));
  }

  private static JsonNode after(World world, long number, String wait) {
    return page(world, world.anonymous().get("/v1/denials?after=" + number + "&wait=" + wait));
  }

  private static void act(World world, Credential credential, String act, String reason) {
    ok(world.asOperator().post("/v1/certificates/" + credential.serial() + "/" + act, reason), 200);
  }

  @Test
  void who_waits_is_told_at_once_what_is_denied_and_released(World world) {
    Credential one = world.fresh("denied");
    Credential other = world.fresh("held");
    long number = first(world).path("newest").asLong();
    CompletableFuture<JsonNode> waiting =
        CompletableFuture.supplyAsync(() -> after(world, number, "60s"));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> world.server.wiring().news.polls().waiting() > 0);
    act(world, other, "revoke", HOLD);
    JsonNode page = waiting.join();
    assertThat(page.path("after").asLong()).isEqualTo(number);
    assertThat(page.path("number").asLong()).isGreaterThan(number);
    assertThat(page.at("/denied/certificateHold/0").asText()).isEqualTo(other.serial());
    act(world, one, "revoke", SUPERSEDED);
    ok(world.asOperator().post("/v1/certificates/" + other.serial() + "/release"), 200);
    await().atMost(Duration.ofSeconds(60)).until(() -> after(world, number, "0s").has("released"));
    JsonNode both = after(world, number, "0s");
    assertThat(both.at("/denied/superseded/0").asText()).isEqualTo(one.serial());
    assertThat(both.at("/denied").has("certificateHold")).as("what it is by now").isFalse();
    assertThat(both.at("/released/0").asText()).isEqualTo(other.serial());
    assertThat(first(world).at("/denied/superseded").toString()).contains(one.serial());
  }

  @Test
  void a_heartbeat_has_a_new_time_and_no_change(World world) {
    JsonNode all = first(world);
    assertThat(all.has("after")).isFalse();
    assertThat(all.has("next")).isFalse();
    JsonNode beat = after(world, all.path("newest").asLong(), "2s");
    assertThat(beat.path("number")).isEqualTo(all.path("number"));
    assertThat(beat.path("denied")).isEmpty();
    assertThat(beat.path("released")).isEmpty();
    assertThat(Instant.parse(beat.path("at").asText()))
        .isAfter(Instant.parse(all.path("at").asText()));
  }

  @Test
  void who_knows_more_than_there_is_hears_of_it_when_this_server_may_have_heard_too(World world) {
    long future = 1_000_000_000_000_000L;
    long begun = System.nanoTime();
    JsonNode page = after(world, future, "60s");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(200));
    assertThat(page.path("after").asLong()).isEqualTo(future);
    assertThat(page.path("number").asLong()).isLessThan(future);
  }

  @Test
  void a_question_that_cannot_be_read_is_refused(World world) {
    for (String query :
        new String[] {"wait=30", "after=x", "after=1&from=issuing-1:01", "from=x", "from=x:01"}) {
      refused(world.anonymous().get("/v1/denials?" + query), 400, "malformed");
    }
  }
}
