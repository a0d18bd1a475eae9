package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.testing.Crls;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.TestCa;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.CRLReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another issuing CA follows, or another root, and what is known of revocations lives on. */
class ReplacedIssuingTest {
  @TempDir Path temp;
  private Scene scene;
  private TestCa next;
  private Credential enrolled;

  @BeforeEach
  void start() {
    scene = new Scene(temp.resolve("orders"));
    next = scene.ca.withNextIssuing();
    enrolled = scene.enroll();
    assertThat(enrolled.revocationLists().asOf(enrolled.certificate())).isPresent();
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  private String rootsListOfTheStolen() {
    return Crls.ofRoot(scene.ca, scene.clock.instant())
        .number(2)
        .revoked(scene.ca.issuing(), CRLReason.cACompromise)
        .pem();
  }

  private Credential renewed() {
    scene.authority.issuesWith(next);
    scene.authority.crls =
        Optional.of(rootsListOfTheStolen() + Crls.of(next, scene.clock.instant()).pem());
    return scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)).credential();
  }

  @Test
  void the_one_that_was_stolen_is_not_trusted_again_after_the_renewal() {
    Credential renewed = renewed();
    assertThat(renewed.certificate().issuer()).contains("Issuing 2");
    // The authority still shows what the stolen one certified
    assertThatThrownBy(scene::updateTrust)
        .hasMessageContainingAll("Test Issuing", "was revoked at")
        .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.WRONG_SERVER));
  }

  @Test
  void only_lists_of_the_new_chain_are_written() {
    Credential renewed = renewed();
    RevocationLists lists = renewed.revocationLists();
    assertThat(lists.revoked(enrolled.fullChain()).flatMap(Revoked::ca))
        .contains(scene.ca.issuing().subject());
    assertThat(lists.asOf(renewed.certificate())).contains(scene.clock.instant());
    assertThat(lists.asOf(enrolled.certificate())).isEmpty();
    assertThat(renewed.folder().resolve(CredentialFolder.CRL))
        .content()
        .isEqualTo(scene.authority.crls.orElseThrow());
  }

  @Test
  void a_list_of_another_chain_takes_no_other_along() {
    Credential renewed = renewed();
    String foreign = Crls.of(scene.ca, scene.clock.instant()).pem();
    Credential before =
        written(renewed, foreign + scene.authority.crls.orElseThrow() + "\n" + foreign);
    assertThat(before.revocationLists().revoked(enrolled.fullChain())).isPresent();
    assertThat(before.revocationLists().asOf(renewed.certificate())).isPresent();
    assertThat(before.revocationLists().pem()).isEqualTo(scene.authority.crls.orElseThrow());
  }

  @Test
  void a_root_that_is_taken_out_takes_no_other_list_along() {
    TestCa second = TestCa.create("Second", KeyAlgorithm.P256, scene.clock);
    scene.authority.bundle.add(second.root());
    scene.authority.cross.add(scene.ca.vouchFor(second));
    scene.authority.bundleNumber = 2;
    Credential both = scene.updateTrust().credential();
    written(both, both.revocationLists().pem() + Crls.ofRoot(second, scene.clock.instant()).pem());

    scene.authority.bundle.remove(second.root());
    scene.authority.bundleNumber = 3;
    Credential after = scene.updateTrust().credential();
    assertThat(after.roots()).containsExactly(scene.ca.root());
    assertThat(after.revocationLists().asOf(after.certificate())).isPresent();
    assertThat(after.revocationLists().asOf(scene.ca.issuing())).isPresent();
    assertThat(after.revocationLists().asOf(second.root())).isEmpty();
    assertThat(after.folder().resolve(CredentialFolder.CRL))
        .content()
        .isEqualTo(both.revocationLists().pem());
  }

  private Credential written(Credential present, String crls) {
    KeyPair key = new KeyPair(present.certificate().x509().getPublicKey(), present.privateKey());
    try (FolderLock lock =
        scene.folder.lock(Duration.ofSeconds(60), Notices.NONE, present.info().permissions())) {
      return new GenerationWriter(scene.folder, scene.random)
          .write(
              new GenerationWriter.Content(
                  key,
                  present.certificate(),
                  present.chain(),
                  List.copyOf(present.roots()),
                  crls,
                  present.info()),
              lock);
    }
  }
}
