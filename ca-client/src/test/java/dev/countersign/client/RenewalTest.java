package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.SpiffeId;
import dev.countersign.pki.SubjectName;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RenewalTest {
  private static final SpiffeId OWN = SpiffeId.parse(AuthorityDouble.OWN_ID).orElseThrow();

  @TempDir Path temp;
  private Scene scene;

  @BeforeEach
  void start() {
    scene = new Scene(temp.resolve("orders"));
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  @ParameterizedTest
  @EnumSource(Renewal.Proof.class)
  void makes_a_new_key_by_default(Renewal.Proof proof) {
    Credential before = scene.enroll();
    Renewal.Renewed renewed = scene.renew(Scene.forced(false, proof));
    assertThat(renewed.renewed()).isTrue();
    assertThat(renewed.credential().certificate().pin()).isNotEqualTo(before.certificate().pin());
    assertThat(renewed.credential().info().serial()).isNotEqualTo(before.info().serial());
    assertThat(renewed.credential().info().enrollment()).isEqualTo(before.info().enrollment());
    assertThat(scene.authority.lastClient.isPresent()).isEqualTo(proof == Renewal.Proof.MUTUAL_TLS);
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"P256", "P384", "RSA_2048", "ED25519"})
  void works_with_each_kind_of_key_by_either_proof(KeyAlgorithm algorithm) {
    scene.enroll(
        scene.authority.string("orders"),
        scene.folder,
        new Enrollment.Options(
            Optional.of(algorithm), List.of(), false, Optional.empty(), Patience.DEFAULT));
    scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST));
    Credential last = scene.renew(Scene.forced(false, Renewal.Proof.MUTUAL_TLS)).credential();
    assertThat(KeyAlgorithm.ofKey(last.certificate().x509().getPublicKey())).isEqualTo(algorithm);
  }

  @Test
  void keeps_the_key_when_told() {
    Credential before = scene.enroll();
    Credential after = scene.renew(Scene.forced(true, Renewal.Proof.SIGNED_REQUEST)).credential();
    assertThat(after.certificate().pin()).isEqualTo(before.certificate().pin());
    assertThat(after.info().serial()).isNotEqualTo(before.info().serial());
  }

  @Test
  void does_nothing_before_its_time() {
    Credential before = scene.enroll();
    int requests = scene.authority.requests.size();
    Renewal.Renewed renewed = scene.renew(Renewal.Options.USUAL);
    assertThat(renewed.renewed()).isFalse();
    assertThat(renewed.credential()).isEqualTo(before);
    assertThat(scene.authority.requests).hasSize(requests);
    scene.clock.set(before.info().renewal().start());
    assertThat(scene.renew(Renewal.Options.USUAL).renewed()).isTrue();
  }

  @Test
  void a_lost_answer_is_asked_for_again_with_the_same_key() {
    scene.enroll();
    scene.authority.answersAreLost = true;
    assertThatThrownBy(() -> scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)))
        .isInstanceOf(UnusableAnswerException.class);
    scene.authority.answersAreLost = false;
    Credential after = scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)).credential();
    assertThat(scene.authority.issued).hasSize(2);
    assertThat(after.certificate()).isEqualTo(scene.authority.issued.get(1));
  }

  @Test
  void an_expired_certificate_is_renewed_by_signature_within_the_grace() {
    scene.authority.life = Duration.ofDays(10);
    Credential before = scene.enroll();
    scene.clock.set(before.info().notAfter().plusSeconds(60));
    assertThat(scene.renew(Scene.forced(false, Renewal.Proof.MUTUAL_TLS)).renewed()).isTrue();
    assertThat(scene.authority.lastClient).isEmpty();
  }

  @Test
  void after_the_grace_a_new_string_is_needed() {
    Credential before = scene.enroll();
    scene.clock.set(before.info().renewal().graceUntil().plusSeconds(1));
    assertThatThrownBy(() -> scene.renew(Renewal.Options.USUAL))
        .hasMessageContaining("new enrolment string")
        .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.EXPIRED));
  }

  @Test
  void an_answer_for_somebody_else_changes_nothing() {
    Credential before = scene.enroll();
    scene.authority.tampering = answer -> answer.put("identity", "billing");
    assertThatThrownBy(() -> scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)))
        .hasMessageContaining("who did not ask");
    assertThat(scene.folder.read()).isEqualTo(before);
  }

  @Test
  void the_authority_is_known_by_its_id_from_the_first_meeting_on() throws IOException {
    Credential before = scene.enroll();
    assertThat(before.info().authorityId()).contains(OWN);
    TestCa.Credential elsewhere =
        AuthorityDouble.serverCredential(
            scene.ca, "localhost", SubjectName.uri("spiffe://elsewhere/countersignd"));
    try (AuthorityDouble imposter = AuthorityDouble.start(scene.ca, scene.clock, elsewhere)) {
      Path info = before.folder().resolve(CredentialFolder.INFO);
      String text = Files.readString(info);
      String moved = text.replace(scene.authority.url().toString(), imposter.url().toString());
      Files.writeString(info, moved);
      for (ThrowingCallable request :
          List.<ThrowingCallable>of(
              scene::updateTrust,
              () -> scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)),
              () -> scene.renew(Scene.forced(false, Renewal.Proof.MUTUAL_TLS)))) {
        assertThatThrownBy(request)
            .hasMessageContainingAll("spiffe://elsewhere/countersignd", OWN.toString())
            .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.WRONG_SERVER));
      }
      assertThat(imposter.requests).isEmpty();
      // A folder from before the ID was kept learns it again.
      Files.writeString(info, moved.replaceFirst(".*\"authorityId\".*\n", ""));
      assertThat(scene.folder.read().info().authorityId()).isEmpty();
      imposter.knows(before);
      assertThat(
              scene
                  .renew(Scene.forced(true, Renewal.Proof.SIGNED_REQUEST))
                  .credential()
                  .info()
                  .authorityId())
          .contains(new SpiffeId("elsewhere", "countersignd"));
    }
  }

  @Test
  void a_server_outside_the_bundle_is_not_asked() {
    scene.enroll();
    TestCa other = TestCa.create("Other", KeyAlgorithm.P256, scene.clock);
    try (AuthorityDouble imposter = AuthorityDouble.start(other, scene.clock)) {
      OperatorApi api = scene.api(imposter.url());
      assertThatThrownBy(() -> api.identity("orders"))
          .hasMessageContaining("does not lead to a trusted root")
          .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.WRONG_SERVER));
      assertThat(imposter.requests).isEmpty();
    }
  }
}
