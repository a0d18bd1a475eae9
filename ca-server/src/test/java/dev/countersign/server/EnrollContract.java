package dev.countersign.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.server.identity.NewIdentity;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@code POST /v1/enroll}. */
abstract class EnrollContract extends ContractCases {

  private static TestClient.Answer enroll(World world, byte[] jws) {
    return world.anonymous().post("/v1/enroll", TestClient.JOSE, jws);
  }

  private static EnrollmentString string(World world, String name) {
    world
        .server
        .wiring()
        .identities
        .add(
            new NewIdentity(
                name, "peer", Optional.empty(), Optional.empty(), World.dns(name + ".internal")),
            TestServer.BEHIND_THE_DOORS);
    return world.server.string(name);
  }

  @Test
  void a_string_gets_a_certificate_and_a_repeated_request_the_same(World world) {
    String name = world.name("enrolled");
    Credential.Wish wish = Credential.wish(string(world, name));
    TestClient.Answer first = enroll(world, wish.jws(world.server.https()));
    ok(first, 200);
    assertThat(first.json().path("identity").asText()).isEqualTo(name);
    assertThat(first.json().at("/names/dns/0").asText()).isEqualTo(name + ".internal");
    assertThat(first.json().at("/denials/crls").asText().split("BEGIN X509 CRL")).hasSize(3);
    Credential credential = wish.granted(first);
    assertThat(credential.chain()).hasSize(2);
    assertThat(credential.certificate().publicKeyInfo())
        .isEqualTo(wish.key().getPublic().getEncoded());
    TestClient.Answer again = enroll(world, wish.jws(world.server.https()));
    assertThat(Certificate.parsePem(again.json().path("certificate").asText()))
        .containsExactly(credential.certificate());
  }

  @Test
  void a_used_string_enrols_no_other_key(World world) {
    EnrollmentString string = string(world, world.name("used"));
    world.server.enrolled(string);
    TestClient.Answer answer = enroll(world, Credential.wish(string).jws(world.server.https()));
    refused(answer, 409, "enrollment-used");
  }

  @Test
  void a_cancelled_string_and_one_of_a_revoked_identity_have_their_own_answers(World world) {
    EnrollmentString cancelled = string(world, world.name("cancelled"));
    world.server.wiring().enrollments.cancel(cancelled.enrollmentId(), TestServer.BEHIND_THE_DOORS);
    refused(
        enroll(world, Credential.wish(cancelled).jws(world.server.https())),
        410,
        "enrollment-cancelled");
    String name = world.name("thrown-out");
    EnrollmentString used = string(world, name);
    Credential.Wish wish = Credential.wish(used);
    ok(enroll(world, wish.jws(world.server.https())), 200);
    ok(
        world.asAdmin().post("/v1/identities/" + name + "/revoke", json("{'reason':'superseded'}")),
        200);
    refused(enroll(world, wish.jws(world.server.https())), 403, "identity-revoked");
  }

  @Test
  void an_expired_string_is_refused(World world) {
    try (TestServer server = TestServer.start()) {
      EnrollmentString string = server.adminString;
      server.clock.shift(Duration.ofHours(25));
      Credential.Wish wish = Credential.wish(string);
      byte[] jws =
          wish.jws(server.https().resolve("/v1/enroll"), wish.payload(), Duration.ofHours(25));
      refused(
          server.anonymous().post("/v1/enroll", TestClient.JOSE, jws), 410, "enrollment-expired");
    }
  }

  @Test
  void an_unknown_id_and_a_wrong_signature_get_the_same_answer(World world) {
    EnrollmentString right = string(world, world.name("guessed"));
    EnrollmentString wrongSeed =
        new EnrollmentString(
            right.endpoints(),
            right.pins(),
            right.enrollmentId(),
            new byte[32],
            right.createdAt(),
            right.notAfter());
    EnrollmentString unknown =
        new EnrollmentString(
            right.endpoints(),
            right.pins(),
            "unknown",
            right.seed(),
            right.createdAt(),
            right.notAfter());
    TestClient.Answer one = enroll(world, Credential.wish(wrongSeed).jws(world.server.https()));
    TestClient.Answer other = enroll(world, Credential.wish(unknown).jws(world.server.https()));
    refused(one, 404, "not-found");
    refused(other, 404, "not-found");
    assertThat(one.json().path("detail")).isEqualTo(other.json().path("detail"));
    assertThat(one.response().body()).hasSameSizeAs(other.response().body());
  }

  @Test
  void a_clock_that_is_wrong_is_told_the_servers_time(World world) {
    Credential.Wish wish = Credential.wish(string(world, world.name("late")));
    for (Duration skew : new Duration[] {Duration.ofMinutes(-6), Duration.ofMinutes(6)}) {
      byte[] jws = wish.jws(world.anonymous().url("/v1/enroll"), wish.payload(), skew);
      TestClient.Answer answer = enroll(world, jws);
      refused(answer, 401, "clock-skew");
      assertThat(answer.json().path("serverTime").asText()).matches("\\d{4}-.*Z");
    }
    byte[] jws =
        wish.jws(world.anonymous().url("/v1/enroll"), wish.payload(), Duration.ofMinutes(4));
    ok(enroll(world, jws), 200);
  }

  @Test
  void a_request_for_another_address_is_refused_and_the_port_does_not_matter(World world) {
    Credential.Wish wish = Credential.wish(string(world, world.name("addressed")));
    for (String url :
        new String[] {
          "https://other.internal/v1/enroll",
          "http://localhost/v1/enroll",
          "https://localhost/v1/enroll/",
          "https://localhost/v1/renew",
          "https://localhost/v1/enroll?x=1",
          "https://user@localhost/v1/enroll",
          "https://localhost/v1/%65nroll"
        }) {
      byte[] jws = wish.jws(URI.create(url), wish.payload(), Duration.ZERO);
      refused(enroll(world, jws), 401, "unauthenticated");
    }
    byte[] jws =
        wish.jws(URI.create("https://LOCALHOST:1/v1/enroll"), wish.payload(), Duration.ZERO);
    ok(enroll(world, jws), 200);
  }

  @Test
  void what_is_no_signed_request_is_refused(World world) {
    TestClient client = world.anonymous();
    for (String body :
        new String[] {
          "",
          "{",
          "[]",
          "null",
          "{}",
          "{'protected':1,'payload':'','signature':''}",
          "{'protected':'e30','payload':'e30','signature':'','header':{}}",
          "{'protected':'e30','payload':'e30','signature':'!'}",
          "{'protected':'e30','payload':'e30','signature':'AA'}"
        }) {
      refused(
          client.post("/v1/enroll", TestClient.JOSE, json(body).getBytes(UTF_8)), 400, "malformed");
    }
    refused(client.post("/v1/enroll", "{}"), 415, "unsupported-media-type");
    Credential.Wish wish = Credential.wish(string(world, world.name("odd")));
    byte[] unknownMember = json("{'csr':'AA','more':1}").getBytes(UTF_8);
    TestClient.Answer answer =
        enroll(world, wish.jws(client.url("/v1/enroll"), unknownMember, Duration.ZERO));
    refused(answer, 400, "malformed");
    assertThat(answer.json().path("pointer").asText()).isEqualTo("/more");
  }
}
