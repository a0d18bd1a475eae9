package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.client.testing.CrlServer;
import dev.countersign.client.testing.Crls;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SubjectName;
import dev.countersign.pki.testing.TestCa;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevokedCredentialTest {
  @TempDir Path temp;
  private final CrlServer crls = CrlServer.start();
  private Scene scene;
  private Credential enrolled;

  @BeforeEach
  void start() {
    scene = new Scene(temp.resolve("orders"));
    scene.ca.pointToCrlsAt(crls.url());
    enrolled = scene.enroll();
    scene.authority.requests.clear();
  }

  @AfterEach
  void stop() {
    scene.close();
    crls.close();
  }

  private Crls.Recipe listOf(long secondsFromNow) {
    return Crls.of(scene.ca, scene.clock.instant().plusSeconds(secondsFromNow));
  }

  private void publishRevoked(int reason) {
    crls.publish(listOf(0).revoked(enrolled.certificate(), reason).der());
  }

  private Optional<Revoked> revoked() {
    Credential now = scene.folder.read();
    return now.revocationLists().revoked(now.fullChain());
  }

  private static void refused(ThrowingCallable renewal, String... named) {
    assertThatThrownBy(renewal)
        .hasMessageContainingAll(named)
        .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.REFUSED));
  }

  @Test
  void learns_from_newer_lists_that_it_is_revoked() {
    assertThat(revoked()).isEmpty();
    publishRevoked(CRLReason.keyCompromise);
    assertThat(scene.updateTrust().crlsChanged()).isTrue();
    assertThat(revoked())
        .contains(
            new Revoked(scene.clock.instant(), RevocationReason.KEY_COMPROMISE, Optional.empty()));
    assertThat(scene.updateTrust().crlsChanged()).isFalse();
  }

  @Test
  void lists_never_go_back() {
    crls.publish(listOf(0).number(7).revoked(enrolled.certificate(), CRLReason.superseded).der());
    scene.updateTrust();
    for (Crls.Recipe older :
        List.of(
            listOf(0).number(6), listOf(60).number(6), listOf(-1).number(7), listOf(0).number(7))) {
      crls.publish(older.der());
      assertThat(scene.updateTrust().crlsChanged()).isFalse();
    }
    assertThat(revoked()).isPresent();
    // nor do those in the answer to a renewal
    scene.authority.crls = Optional.of(listOf(60).number(6).pem());
    Credential renewed =
        scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)).credential();
    assertThat(renewed.revocationLists().revoked(enrolled.fullChain())).isPresent();
    scene.authority.crls = Optional.of(listOf(1).number(8).pem());
    renewed = scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)).credential();
    assertThat(renewed.revocationLists().revoked(enrolled.fullChain())).isEmpty();
  }

  @Test
  void the_list_with_the_higher_number_counts_whatever_the_clocks_of_those_who_made_them() {
    crls.publish(listOf(60).number(2).der());
    assertThat(scene.updateTrust().crlsChanged()).isTrue();
    crls.publish(listOf(-60).number(3).revoked(enrolled.certificate(), CRLReason.superseded).der());
    assertThat(scene.updateTrust().crlsChanged()).isTrue();
    assertThat(revoked()).isPresent();
  }

  @Test
  void of_two_lists_of_one_number_or_none_the_later_counts() {
    publishRevoked(CRLReason.superseded);
    assertThat(scene.updateTrust().crlsChanged()).isTrue();
    for (Crls.Recipe later : List.of(listOf(1), listOf(2).withoutNumber(), listOf(3).number(1))) {
      crls.publish(later.der());
      assertThat(scene.updateTrust().crlsChanged()).isTrue();
    }
    crls.publish(listOf(2).withoutNumber().der());
    assertThat(scene.updateTrust().crlsChanged()).isFalse();
  }

  @Test
  void only_whole_lists_of_the_chains_own_CAs_are_taken() {
    publishRevoked(CRLReason.superseded);
    scene.updateTrust();
    TestCa stranger = TestCa.create("Test", KeyAlgorithm.P256, scene.clock);
    for (byte[] list :
        List.of(
            Crls.of(stranger, scene.clock.instant().plusSeconds(1)).der(),
            listOf(1)
                .extension(Extension.deltaCRLIndicator, true, new CRLNumber(BigInteger.ONE))
                .der(),
            listOf(1)
                .extension(
                    Extension.issuingDistributionPoint,
                    true,
                    new IssuingDistributionPoint(null, true, false, null, false, false))
                .der(),
            new byte[] {0x30, 0},
            new byte[0])) {
      crls.publish(list);
      assertThat(scene.updateTrust().crlsChanged()).isFalse();
    }
    assertThat(revoked()).isPresent();
  }

  @Test
  void lists_too_large_for_an_answer_are_fetched_from_their_address() {
    scene.authority.crls = Optional.of("");
    scene.authority.crlsElsewhere.add(crls.url().toString());
    publishRevoked(CRLReason.superseded);
    CredentialFolder billing = new CredentialFolder(temp.resolve("billing"), new UnsyncedFiles());
    Credential first =
        scene.enroll(scene.authority.string("billing"), billing, Enrollment.Options.USUAL);
    assertThat(first.revocationLists().asOf(first.certificate())).contains(scene.clock.instant());
    Credential renewed =
        scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)).credential();
    assertThat(renewed.revocationLists().revoked(enrolled.fullChain())).isPresent();
  }

  @Test
  void a_large_list_that_cannot_be_fetched_keeps_nobody_from_a_certificate() {
    scene.authority.crls = Optional.of("");
    scene.authority.crlsElsewhere.addAll(
        List.of(crls.url().toString(), "ftp://localhost/list", "nowhere"));
    Credential renewed =
        scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)).credential();
    assertThat(crls.asked).hasValue(1);
    assertThat(renewed.revocationLists().asOf(renewed.certificate()))
        .isEqualTo(enrolled.revocationLists().asOf(enrolled.certificate()));
  }

  @Test
  void of_a_ca_with_shards_the_complete_list_is_fetched() {
    String shard = "/crl/issuing-1/127.crl";
    scene.ca.pointToCrlsAt(crls.url(shard));
    scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST));
    crls.publish(
        shard,
        listOf(1)
            .number(8)
            .extension(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint(null, false, false, null, false, false))
            .der());
    crls.publish(listOf(0).number(7).revoked(enrolled.certificate(), CRLReason.superseded).der());
    assertThat(scene.updateTrust().crlsChanged()).isTrue();
    assertThat(scene.folder.read().revocationLists().revoked(enrolled.fullChain())).isPresent();
  }

  @Test
  void a_list_is_not_taken_that_would_make_all_together_too_large() {
    RevocationLists present = enrolled.revocationLists();
    publishRevoked(CRLReason.superseded);
    CaConnection connection =
        CaConnection.trusting(enrolled, Optional.empty(), Patience.DEFAULT, scene.clock);
    List<String> odd = new ArrayList<>();
    Notices notices =
        new Notices() {
          @Override
          public void odd(String what) {
            odd.add(what);
          }
        };
    RevocationLists newest = new CrlDownload(connection, notices).newest(enrolled, present);
    assertThat(newest).isNotSameAs(present);
    int length = newest.pem().length();
    assertThat(new CrlDownload(connection, notices, length - 1).newest(enrolled, present))
        .isSameAs(present);
    assertThat(odd).singleElement().asString().contains("is not kept", "What is in crl.pem stays");
  }

  @Test
  void what_is_revoked_for_good_is_not_renewed_unless_forced() {
    publishRevoked(CRLReason.keyCompromise);
    scene.updateTrust();
    scene.authority.requests.clear();
    int asked = crls.asked.get();
    refused(
        () -> scene.renew(Renewal.Options.USUAL),
        "keyCompromise",
        scene.clock.instant().toString(),
        "new enrolment string",
        "--replace");
    scene.clock.set(enrolled.info().renewal().start());
    refused(() -> scene.renew(Renewal.Options.USUAL), "keyCompromise");
    assertThat(scene.authority.requests).isEmpty();
    assertThat(crls.asked).hasValue(asked);
    assertThat(scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)).renewed()).isTrue();
  }

  @Test
  void a_hold_is_looked_up_again_before_a_renewal() {
    publishRevoked(CRLReason.certificateHold);
    scene.updateTrust();
    scene.authority.requests.clear();
    refused(() -> scene.renew(Renewal.Options.USUAL), "on hold since", "lift the hold");
    crls.publish(listOf(1).der());
    assertThat(scene.renew(Renewal.Options.USUAL).renewed()).isFalse();
    assertThat(revoked()).isEmpty();
    assertThat(scene.authority.requests).isEmpty();
  }

  @Test
  void a_damaged_key_store_is_made_anew_when_only_the_lists_change() throws Exception {
    publishRevoked(CRLReason.certificateHold);
    Credential held = scene.updateTrust().credential();
    byte[] whole = Files.readAllBytes(held.keyStore());
    byte[] damaged = whole.clone();
    damaged[whole.length / 2] ^= 1;
    Files.write(held.keyStore(), damaged);
    crls.publish(listOf(1).der());
    Credential after = scene.renew(Renewal.Options.USUAL).credential();
    assertThat(after.generation()).isNotEqualTo(held.generation());
    char[] password =
        Files.readString(after.folder().resolve(CredentialFolder.STORE_PASSWORD)).toCharArray();
    assertThat(KeyStore.getInstance(after.keyStore().toFile(), password).size()).isEqualTo(1);
    // and one that is whole stays as it is
    crls.publish(listOf(2).der());
    byte[] anew = Files.readAllBytes(after.keyStore());
    assertThat(Files.readAllBytes(scene.updateTrust().credential().keyStore())).isEqualTo(anew);
  }

  @Test
  void a_hold_that_became_a_revocation_is_told_as_such() {
    publishRevoked(CRLReason.certificateHold);
    scene.updateTrust();
    crls.publish(listOf(1).revoked(enrolled.certificate(), CRLReason.keyCompromise).der());
    refused(() -> scene.renew(Renewal.Options.USUAL), "keyCompromise", "--replace");
    assertThat(revoked()).isPresent();
  }

  @Test
  void an_authority_whose_own_certificate_is_revoked_is_not_asked() {
    TestCa.Credential own =
        AuthorityDouble.serverCredential(
            scene.ca, "localhost", SubjectName.uri(AuthorityDouble.OWN_ID));
    crls.publish(listOf(0).revoked(own.certificate(), CRLReason.keyCompromise).der());
    scene.updateTrust();
    try (AuthorityDouble stolen = AuthorityDouble.start(scene.ca, scene.clock, own)) {
      OperatorApi api = scene.api(stolen.url());
      assertThatThrownBy(() -> api.identity("orders"))
          .hasMessageContaining("its certificate was revoked at")
          .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.WRONG_SERVER));
      assertThat(stolen.requests).isEmpty();
    }
  }
}
