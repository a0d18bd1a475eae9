package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.TestCa;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustBundleTest {
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

  private TestCa ca(String name) {
    return TestCa.create(name, KeyAlgorithm.P256, scene.clock);
  }

  /** A bundle of the authority's own root and these. */
  private void offers(long number, Certificate... more) {
    scene.authority.bundleNumber = number;
    scene.authority.bundle.clear();
    scene.authority.bundle.add(scene.ca.root());
    scene.authority.bundle.addAll(List.of(more));
  }

  private void vouches(Certificate... cross) {
    scene.authority.cross.clear();
    scene.authority.cross.addAll(List.of(cross));
  }

  private Credential renew() {
    return scene.renew(Scene.forced(true, Renewal.Proof.SIGNED_REQUEST)).credential();
  }

  private static void refused(ThrowingCallable update, String... named) {
    assertThatThrownBy(update)
        .hasMessageContainingAll(named)
        .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.WRONG_SERVER));
  }

  @Test
  void a_newer_bundle_comes_with_a_renewal_and_an_older_one_does_not() {
    scene.enroll();
    TestCa second = ca("Second");
    offers(5, second.root());
    vouches(scene.ca.vouchFor(second));
    assertThat(renew().roots()).containsExactly(scene.ca.root(), second.root());
    offers(4);
    Credential after = renew();
    assertThat(after.info().trustBundle()).isEqualTo(5);
    assertThat(after.roots()).containsExactly(scene.ca.root(), second.root());
  }

  @Test
  void a_root_that_is_taken_out_is_trusted_no_more() {
    scene.enroll();
    TestCa second = ca("Second");
    offers(2, second.root());
    vouches(scene.ca.vouchFor(second));
    assertThat(scene.updateTrust().trustChanged()).isTrue();
    offers(3);
    vouches();
    assertThat(scene.updateTrust().credential().roots()).containsExactly(scene.ca.root());
  }

  @Test
  void no_new_root_is_taken_that_no_old_one_vouches_for() {
    Credential before = scene.enroll();
    TestCa second = ca("Second");
    offers(2, second.root());
    refused(scene::updateTrust, "Second Root", second.root().pin().toString(), "vouches");
    refused(this::renew, "Second Root");
    vouches(second.vouchFor(second), second.vouchFor(scene.ca), ca("Third").vouchFor(second));
    refused(scene::updateTrust, "Second Root");
    assertThat(scene.folder.read().roots()).isEqualTo(before.roots());
    vouches(scene.ca.vouchFor(second));
    assertThat(scene.updateTrust().trustChanged()).isTrue();
  }

  /** The keys that are on the authority's machine from day to day. */
  @Test
  void the_key_of_an_issuing_CA_adds_no_root() {
    scene.enroll();
    TestCa stolen = scene.ca;
    TestCa second = ca("Second");
    offers(2, second.root());
    Duration life = Duration.ofDays(100);
    Certificate byIssuing =
        stolen.certify(stolen.issuingKey(), stolen.issuing(), second.root(), life, -1);
    vouches(byIssuing, stolen.issuing());
    refused(scene::updateTrust, "Second Root");

    Certificate issuingAsRoot =
        stolen.certify(stolen.issuingKey(), stolen.issuing(), stolen.issuing(), life, -1);
    offers(2, issuingAsRoot);
    vouches(stolen.issuing());
    refused(scene::updateTrust, "Test Issuing");
  }

  @Test
  void a_voucher_that_is_expired_or_limited_is_none() {
    scene.enroll();
    TestCa second = ca("Second");
    TestCa old = scene.ca;
    offers(2, second.root());
    vouches(
        old.certify(old.rootKey(), old.root(), second.root(), Duration.ofMinutes(-1), -1),
        old.certify(old.rootKey(), old.root(), second.root(), Duration.ofDays(100), 0),
        old.certify(old.rootKey(), old.root(), second.root(), Duration.ofDays(100), 1));
    refused(scene::updateTrust, "Second Root");
  }

  @Test
  void who_was_off_line_for_two_rotations_follows_both() {
    scene.enroll();
    TestCa second = ca("Second");
    TestCa third = ca("Third");
    offers(3, third.root());
    vouches(second.vouchFor(third));
    refused(scene::updateTrust, "Third Root");
    vouches(second.vouchFor(third), scene.ca.vouchFor(second));
    assertThat(scene.updateTrust().credential().roots())
        .containsExactly(scene.ca.root(), third.root());
  }

  @Test
  void at_the_first_meeting_the_pinned_roots_vouch() {
    TestCa second = ca("Second");
    offers(2, second.root());
    refused(scene::enroll, "Second Root");
    assertThat(scene.folder.isUsed()).isFalse();
    vouches(scene.ca.vouchFor(second));
    assertThat(scene.enroll().roots()).containsExactly(scene.ca.root(), second.root());
  }

  @Test
  void the_same_number_means_the_same_roots() {
    Credential before = scene.enroll();
    assertThat(scene.updateTrust().trustChanged()).isFalse();
    TestCa second = ca("Second");
    vouches(scene.ca.vouchFor(second));
    offers(1, second.root());
    refused(scene::updateTrust, "number 1", "other roots");
    refused(this::renew, "number 1");
    assertThat(scene.folder.read()).isEqualTo(before);
  }

  @Test
  void trust_is_never_taken_away() {
    Credential before = scene.enroll();
    TestCa stranger = ca("Other");
    scene.authority.bundle.clear();
    scene.authority.bundle.add(stranger.root());
    scene.authority.bundleNumber = 2;
    vouches(scene.ca.vouchFor(stranger));
    refused(scene::updateTrust, "that the authority itself is trusted by is not in it");

    scene.authority.bundle.clear();
    scene.authority.bundle.add(scene.ca.issuing());
    refused(scene::updateTrust, "is not a root");

    offers(0);
    assertThat(scene.updateTrust().trustChanged()).isFalse();
    assertThat(scene.folder.read()).isEqualTo(before);
  }
}
