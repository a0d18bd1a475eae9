package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import org.junit.jupiter.api.Test;

/** {@code /v1/trust}. */
abstract class TrustContract extends ContractCases {

  @Test
  void the_bundle_is_for_everyone_and_has_a_tag(World world) {
    TestClient client = world.anonymous();
    TestClient.Answer bundle = client.get("/v1/trust");
    ok(bundle, 200);
    assertThat(bundle.json().path("number").asLong()).isEqualTo(1);
    assertThat(bundle.json().at("/roots/0/name").asText()).isEqualTo("root-1");
    assertThat(bundle.json().at("/roots/0/pin").asText())
        .isEqualTo(world.server.root().pin().toString());
    ok(client.get("/v1/trust", "If-None-Match", bundle.header("ETag")), 304);
    ok(client.get("/v1/trust", "If-None-Match", "\"other\""), 200);
  }

  @Test
  void the_roots_are_there_as_pem(World world) {
    TestClient client = world.anonymous();
    TestClient.Answer pem = client.get("/v1/trust.pem");
    assertThat(Certificate.parsePem(pem.text())).containsExactly(world.server.root());
    ok(client.get("/v1/trust.pem", "If-None-Match", pem.header("ETag")), 304);
  }

  @Test
  void who_waits_for_a_newer_bundle_is_told_when_there_is_none(World world) {
    TestClient client = world.anonymous();
    ok(client.get("/v1/trust?after=1&wait=0s"), 304);
    ok(client.get("/v1/trust?after=1&wait=1s"), 304);
    ok(client.get("/v1/trust?after=0&wait=60s"), 200);
  }

  @Test
  void a_wait_that_cannot_be_read_is_refused(World world) {
    for (String query :
        new String[] {"wait=30", "wait=61s", "after=x", "after=-1", "after=1&after=2", "wat=1s"}) {
      refused(world.anonymous().get("/v1/trust?" + query), 400, "malformed");
    }
  }
}
