package dev.countersign.server.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.RevokedAuthorities;
import dev.countersign.server.cleaning.Chores;
import dev.countersign.server.cleaning.Cleaner;
import dev.countersign.server.cleaning.Retention;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.lease.Lease;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.revocation.Statuses;
import dev.countersign.server.testing.TestAuthority;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That an answer was given before is seen by its signature, which is never the same twice. */
class OcspFromMemoryTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path home;
  private TestAuthority ca;
  private Identity identity;

  @BeforeEach
  void start() {
    ca = TestAuthority.create(home);
    ca.responders.start();
    ca.denials.start();
    identity = ca.identity("orders", Names.none());
  }

  @AfterEach
  void close() {
    ca.close();
  }

  private SerialNumber issued() {
    return ca.issue(identity).certificate().serial();
  }

  private OCSPReqBuilder builder(SerialNumber serial) throws Exception {
    var digests = new JcaDigestCalculatorProviderBuilder().build();
    return new OCSPReqBuilder()
        .addRequest(
            new CertificateID(
                digests.get(CertificateID.HASH_SHA1),
                new JcaX509CertificateHolder(ca.hierarchy.issuing().certificate().x509()),
                serial.toBigInteger()));
  }

  private byte[] request(SerialNumber serial) throws Exception {
    return builder(serial).build().getEncoded();
  }

  private byte[] ask(SerialNumber serial) throws Exception {
    return ca.askOcsp("issuing-1", request(serial)).der();
  }

  private static CertificateStatus status(byte[] answer) throws Exception {
    OCSPResp response = new OCSPResp(answer);
    assertThat(response.getStatus()).isZero();
    return ((BasicOCSPResp) response.getResponseObject()).getResponses()[0].getCertStatus();
  }

  private static void assertGood(byte[] answer) throws Exception {
    assertThat(status(answer)).isEqualTo(CertificateStatus.GOOD);
  }

  private static void assertRevoked(byte[] answer) throws Exception {
    assertThat(status(answer)).isInstanceOf(RevokedStatus.class);
  }

  /** RFC 6960 2.3. */
  private static void assertTryLater(byte[] answer) {
    assertThat(answer).containsExactly(0x30, 3, 0x0a, 1, 3);
  }

  private void awaitTrust() {
    await().atMost(LONG).until(ca.denials::areTrusted);
  }

  private void revoke(SerialNumber serial) {
    ca.revocations.revoke(
        serial, RevocationReason.SUPERSEDED, Optional.empty(), TestAuthority.actor());
  }

  @Test
  void what_has_left_the_lists_and_memory_is_revoked_by_its_own_record() throws Exception {
    SerialNumber first = issued();
    revoke(first);
    revoke(issued());
    ca.crls.publishNow("issuing-1");
    ca.clock.advance(Duration.ofDays(16)); // it lives for a week, and its denial a week more
    ca.identity("later", Names.none());
    ca.crls.publishNow("issuing-1");
    ca.clock.advance(Duration.ofHours(1));
    ca.crls.publishNow("issuing-1");
    AtomicInteger removed = new AtomicInteger();
    new Cleaner(
            ca.database,
            new Lease(ca.database, "cleaning", "this"),
            Chores.of(
                new Retention(
                    Duration.ofDays(30), Duration.ofDays(7), Optional.empty(), Optional.empty()),
                new Ledger(ca.database)),
            ca.clock,
            (what, count) -> removed.addAndGet(what.equals("denials") ? count : 0))
        .clean();
    assertThat(removed).hasValue(1);

    ca.denials.follow();
    assertThat(ca.denials.of("issuing-1", first)).isEmpty();
    awaitTrust();
    assertRevoked(ask(first));
  }

  @Test
  void who_asks_again_gets_the_same_answer_and_is_not_counted() throws Exception {
    byte[] request = request(issued());
    AtomicInteger counted = new AtomicInteger();
    byte[] first = ca.ocsp.respond("issuing-1", request, counted::incrementAndGet).join().der();
    assertGood(first);
    for (int i = 0; i < 3; i++) {
      assertThat(ca.ocsp.respond("issuing-1", request, counted::incrementAndGet).join().der())
          .isEqualTo(first);
    }
    assertThat(counted).hasValue(1);
  }

  @Test
  void who_gives_a_nonce_gets_it_back_and_nobody_else_does() throws Exception {
    SerialNumber serial = issued();
    byte[] plain = ask(serial);
    Extension nonce =
        new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, new byte[] {4, 3, 1, 2, 3});
    byte[] request =
        builder(serial).setRequestExtensions(new Extensions(nonce)).build().getEncoded();
    OCSPResp fresh = new OCSPResp(ca.askOcsp("issuing-1", request).der());
    assertThat(
            ((BasicOCSPResp) fresh.getResponseObject())
                .getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce))
        .isEqualTo(nonce);
    assertThat(ask(serial)).isEqualTo(plain);
  }

  @Test
  void good_is_not_said_again_after_a_revocation_not_even_before_the_next_look() throws Exception {
    SerialNumber serial = issued();
    assertGood(ask(serial));
    synchronized (ca.denials) { // which cannot look into the database meanwhile
      revoke(serial);
      assertRevoked(ask(serial));
    }
    awaitTrust();
    byte[] revoked = ask(serial);
    assertRevoked(revoked);
    assertThat(ask(serial)).isEqualTo(revoked);
  }

  @Test
  void what_is_released_is_good_in_the_next_answer() throws Exception {
    SerialNumber serial = issued();
    ca.revocations.hold(serial, TestAuthority.actor());
    awaitTrust();
    assertRevoked(ask(serial));
    assertRevoked(ask(serial));
    synchronized (ca.denials) {
      ca.revocations.release(serial, TestAuthority.actor());
      assertGood(ask(serial));
    }
    awaitTrust();
    assertGood(ask(serial));
  }

  @Test
  void what_another_node_revokes_is_soon_said_here() throws Exception {
    SerialNumber serial = issued();
    assertGood(ask(serial));
    ca.anotherNode()
        .revoke(serial, RevocationReason.SUPERSEDED, Optional.empty(), TestAuthority.actor());
    await().atMost(LONG).until(() -> status(ask(serial)) instanceof RevokedStatus);
  }

  @Test
  void what_was_never_issued_is_asked_of_the_database_each_time() throws Exception {
    SerialNumber serial = SerialNumber.random(TestAuthority.random());
    byte[] first = ask(serial);
    assertThat(status(first)).isInstanceOf(UnknownStatus.class);
    assertThat(ask(serial)).isNotEqualTo(first);
  }

  @Test
  void an_answer_is_made_anew_while_a_quarter_of_its_life_is_left() throws Exception {
    SerialNumber serial = issued();
    byte[] first = ask(serial);
    ca.clock.advance(Duration.ofMinutes(44));
    awaitTrust();
    assertThat(ask(serial)).isEqualTo(first);
    ca.clock.advance(Duration.ofMinutes(2));
    awaitTrust();
    assertThat(ask(serial)).isNotEqualTo(first);
  }

  @Test
  void an_answer_of_a_clock_that_was_ahead_is_not_given_again() throws Exception {
    SerialNumber serial = issued();
    Instant before = ca.clock.instant();
    ca.clock.advance(Duration.ofHours(2));
    awaitTrust();
    byte[] ahead = ask(serial);
    ca.clock.set(before);
    awaitTrust();
    assertThat(ask(serial)).isNotEqualTo(ahead);
  }

  @Test
  void without_its_database_it_says_what_is_in_memory_and_else_to_try_later() throws Exception {
    SerialNumber asked = issued();
    SerialNumber notAsked = issued();
    SerialNumber revoked = issued();
    revoke(revoked);
    awaitTrust();
    byte[] good = ask(asked);
    ca.database.close();
    await().atMost(LONG).until(ca.denials::isDatabaseAway);
    assertThat(ask(asked)).isEqualTo(good);
    assertRevoked(ask(revoked));
    assertTryLater(ask(notAsked));
    assertTryLater(ask(SerialNumber.of(BigInteger.TEN)));
    ca.clock.advance(Duration.ofMinutes(59)); // no other can be had
    assertThat(ask(asked)).isEqualTo(good);
    ca.clock.advance(Duration.ofMinutes(2));
    assertTryLater(ask(asked));
    assertRevoked(ask(revoked));
  }

  @Test
  void good_is_not_said_when_the_database_goes_right_after_a_revocation() throws Exception {
    SerialNumber serial = issued();
    assertGood(ask(serial));
    synchronized (ca.denials) {
      revoke(serial);
      ca.database.close();
    }
    await().atMost(LONG).until(ca.denials::isDatabaseAway);
    assertTryLater(ask(serial));
  }

  @Test
  void a_database_that_does_not_answer_is_not_waited_for_long() throws Exception {
    OcspResponder hanging =
        new OcspResponder(
            ca.hierarchy,
            ca.denials,
            new OcspRecords(
                new Statuses(ca.database), new RevokedAuthorities(ca.database), task -> {}),
            new OcspSigner(ca.responders, Duration.ofHours(1)));
    assertTryLater(hanging.respond("issuing-1", request(issued()), () -> {}).join().der());
  }
}
