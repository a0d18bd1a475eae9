package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code POST /v1/renew}. */
abstract class RenewContract extends ContractCases {

  private static TestClient.Answer renew(World world, Credential old, Credential.Wish wish) {
    return world
        .anonymous()
        .post(
            "/v1/renew",
            TestClient.JOSE,
            old.signed(world.anonymous().url("/v1/renew"), wish.payload()));
  }

  @Test
  void over_mutual_tls_and_again_the_same(World world) {
    Credential old = world.fresh("renewed");
    Credential.Wish wish = old.renewal();
    TestClient client = world.server.as(old);
    TestClient.Answer first = client.post("/v1/renew", TestClient.JSON, wish.payload());
    ok(first, 200);
    assertThat(first.json().path("identity").asText()).isEqualTo(World.identityOf(old));
    assertThat(first.json().path("serial").asText()).isNotEqualTo(old.serial());
    TestClient.Answer again = client.post("/v1/renew", TestClient.JSON, wish.payload());
    assertThat(again.json().path("serial")).isEqualTo(first.json().path("serial"));
  }

  @Test
  void by_a_signed_request(World world) {
    Credential old = world.fresh("signed");
    Credential.Wish wish = old.renewal();
    Credential renewed = wish.granted(renew(world, old, wish));
    // and the next from that one
    ok(renew(world, renewed, renewed.renewal()), 200);
    TestClient.Answer row = world.asAuditor().get("/v1/certificates/" + renewed.serial());
    assertThat(row.json().path("previous").asText()).isEqualTo(old.serial());
    assertThat(row.json().path("lineage")).hasSize(3);
  }

  @Test
  void without_any_proof_it_is_refused(World world) {
    Credential.Wish wish = world.service.renewal();
    refused(
        world.anonymous().post("/v1/renew", TestClient.JSON, wish.payload()),
        401,
        "unauthenticated");
    refused(
        world.asService().post("/v1/renew", TestClient.JSON, "{}".getBytes(UTF_8)),
        400,
        "malformed");
    refused(world.asService().post("/v1/renew"), 415, "unsupported-media-type");
    byte[] late =
        world.service.signed(
            world.anonymous().url("/v1/renew"), wish.payload(), Duration.ofMinutes(-10));
    refused(world.anonymous().post("/v1/renew", TestClient.JOSE, late), 401, "clock-skew");
  }

  @Test
  void a_stranger_and_a_wrong_signature_get_the_same_answer(World world) {
    Credential.Wish wish = world.service.renewal();
    // The certificate of one, the key of another
    Credential thief = new Credential(wish.key(), world.service.chain());
    TestClient.Answer one = renew(world, thief, wish);
    // A certificate that is not of this authority: its root
    Credential stranger = new Credential(wish.key(), List.of(world.server.root()));
    TestClient.Answer other = renew(world, stranger, wish);
    refused(one, 404, "not-found");
    refused(other, 404, "not-found");
    assertThat(one.json().path("detail")).isEqualTo(other.json().path("detail"));
  }

  @Test
  void a_revoked_certificate_and_one_of_a_revoked_identity_are_refused(World world) {
    Credential old = world.fresh("stolen");
    TestClient kept = world.server.as(old);
    ok(kept.post("/v1/renew", TestClient.JSON, old.renewal().payload()), 200);
    ok(
        world
            .asOperator()
            .post("/v1/certificates/" + old.serial() + "/revoke", json("{'reason':'superseded'}")),
        200);
    refused(renew(world, old, old.renewal()), 403, "certificate-revoked");
    refused(
        kept.post("/v1/renew", TestClient.JSON, old.renewal().payload()),
        403,
        "certificate-revoked");
    Credential other = world.fresh("dismissed");
    ok(
        world
            .asOperator()
            .post(
                "/v1/identities/" + World.identityOf(other) + "/revoke",
                json("{'reason':'cessationOfOperation'}")),
        200);
    refused(renew(world, other, other.renewal()), 403, "identity-revoked");
  }

  @Test
  void names_are_judged_anew(World world) {
    Credential old = world.fresh("judged");
    String name = World.identityOf(old);
    ok(
        world
            .asOperator()
            .send(
                "PATCH",
                "/v1/identities/" + name,
                TestClient.JSON,
                json("{'names':{'dns':['new.internal']}}").getBytes(UTF_8)),
        200);
    Credential.Wish wish = old.renewal();
    byte[] asBefore = Credential.Wish.payload(wish.csr(World.dns(name + ".internal")));
    TestClient.Answer answer = world.server.as(old).post("/v1/renew", TestClient.JSON, asBefore);
    refused(answer, 403, "not-allowed");
    assertThat(answer.json().path("detail").asText()).contains(name + ".internal");
    TestClient.Answer renewed =
        world.server.as(old).post("/v1/renew", TestClient.JSON, wish.payload());
    assertThat(Certificate.parsePem(renewed.json().path("certificate").asText()).get(0).names())
        .matches(names -> names.dns().equals(List.of("new.internal")));
  }

  @Test
  void an_expired_certificate_is_renewed_within_its_grace_and_not_after(World world) {
    try (TestServer server = TestServer.start()) {
      Credential old = server.identity("slept", "peer", World.dns("slept.internal"));
      Credential person = server.enrolled(server.adminString);
      Duration grace = Duration.ofDays(10);
      server.clock.shift(grace);
      TestClient client = server.anonymous();
      byte[] payload = old.renewal().payload();
      ok(
          client.post(
              "/v1/renew", TestClient.JOSE, old.signed(client.url("/v1/renew"), payload, grace)),
          200);
      server.clock.shift(Duration.ofDays(15));
      byte[] late = old.signed(client.url("/v1/renew"), payload, Duration.ofDays(15));
      refused(client.post("/v1/renew", TestClient.JOSE, late), 403, "certificate-expired");
      server.clock.shift(Duration.ofDays(91));
      byte[] lapsed =
          person.signed(client.url("/v1/renew"), person.renewal().payload(), Duration.ofDays(91));
      refused(client.post("/v1/renew", TestClient.JOSE, lapsed), 403, "certificate-expired");
    }
  }
}
