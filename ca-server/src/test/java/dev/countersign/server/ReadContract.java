package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Profiles, authorities and the ledger. */
abstract class ReadContract extends ContractCases {

  @Test
  void profiles(World world) {
    TestClient client = world.asAuditor();
    TestClient.Answer all = client.get("/v1/profiles");
    ok(all, 200);
    assertThat(all.json().path("items").findValuesAsText("name"))
        .containsExactlyInAnyOrder("client", "ocsp", "operator", "peer", "server");
    ok(client.get("/v1/profiles/peer"), 200);
    refused(client.get("/v1/profiles/none"), 404, "not-found");
  }

  @Test
  void authorities(World world) {
    TestClient client = world.asAuditor();
    TestClient.Answer all = client.get("/v1/authorities");
    ok(all, 200);
    assertThat(all.json().path("items").findValuesAsText("name"))
        .containsExactly("root-1", "issuing-1");
    TestClient.Answer issuing = client.get("/v1/authorities/issuing-1");
    assertThat(issuing.json().path("crlNumber").asLong()).isPositive();
    refused(client.get("/v1/authorities/none"), 404, "not-found");
  }

  @Test
  void the_ledger(World world) {
    TestClient client = world.asAuditor();
    TestClient.Answer first = client.get("/v1/events?limit=1");
    ok(first, 200);
    assertThat(first.json().at("/items/0/action").asText()).isEqualTo("identity.added");
    TestClient.Answer second =
        client.get("/v1/events?limit=1&after=" + first.json().path("next").asLong());
    assertThat(second.json().at("/items/0/sequence").asLong())
        .isGreaterThan(first.json().at("/items/0/sequence").asLong());
    TestClient.Answer newest = client.get("/v1/events?order=newest&limit=2");
    long last = newest.json().at("/items/0/sequence").asLong();
    assertThat(newest.json().at("/items/1/sequence").asLong()).isEqualTo(last - 1);
    assertThat(newest.json().path("next").asLong()).isEqualTo(last - 1);
    TestClient.Answer back =
        client.get("/v1/events?order=newest&limit=1&before=" + newest.json().path("next").asLong());
    assertThat(back.json().at("/items/0/sequence").asLong()).isEqualTo(last - 2);
    TestClient.Answer between = client.get("/v1/events?after=1&before=4&order=oldest");
    assertThat(between.json().path("items").findValuesAsText("sequence")).containsExactly("2", "3");
    assertThat(between.json().has("next")).isFalse();
    refused(client.get("/v1/events?order=sideways"), 400, "malformed");
    refused(client.get("/v1/events?before=x"), 400, "malformed");
    TestClient.Answer issued =
        client.get(
            "/v1/events?action=certificate.issued&identity=orders&serial="
                + world.service.serial());
    assertThat(issued.json().path("items")).hasSize(1);
    refused(client.get("/v1/events?after=x"), 400, "malformed");
    refused(world.asOperator().get("/v1/events"), 403, "forbidden");
  }
}
