package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.testing.OpenSsl;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.testing.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What has changed since a complete list, RFC 5280 5.2.4. */
class DeltaListTest {
  private static final String ISSUER = "issuing-1";
  private static final String DELTA_CRL_INDICATOR = "2.5.29.27";
  private static final String FRESHEST_CRL = "2.5.29.46";

  @TempDir static Path home;
  private static TestAuthority ca;
  private Identity orders;

  @BeforeAll
  static void found() {
    ca = TestAuthority.create(home);
  }

  @AfterAll
  static void close() {
    ca.close();
  }

  @BeforeEach
  void letAllListsOfBeforeBeOver(TestInfo test) {
    orders =
        ca.identity(
            "orders-" + Integer.toHexString(test.getDisplayName().hashCode()), Names.none());
    ca.clock.advance(Duration.ofHours(25));
  }

  @Test
  void has_what_was_revoked_and_released_since_the_oldest_list_that_holds() throws Exception {
    RecordedCertificate before = ca.issue(orders);
    RecordedCertificate held = ca.issue(orders);
    revoke(before);
    hold(held);
    PublishedCrl base = ca.crls.publishNow(ISSUER);
    assertThat(ca.crls.currentDelta(ISSUER)).isEmpty();
    assertThat(read(base).getExtensionValue(FRESHEST_CRL)).isNull();

    RecordedCertificate revoked = ca.issue(orders);
    RecordedCertificate heldShortly = ca.issue(orders);
    revoke(revoked);
    release(held);
    hold(heldShortly);
    release(heldShortly);
    PublishedCrl complete = ca.crls.publishNow(ISSUER);
    PublishedCrl delta = ca.crls.currentDelta(ISSUER).orElseThrow();

    assertThat(delta.number()).isEqualTo(complete.number());
    assertThat(entries(delta))
        .containsOnly(
            Map.entry(serial(revoked), CRLReason.SUPERSEDED),
            Map.entry(serial(held), CRLReason.REMOVE_FROM_CRL),
            Map.entry(serial(heldShortly), CRLReason.REMOVE_FROM_CRL));
    X509CRL list = read(delta);
    assertThat(list.getCriticalExtensionOIDs()).containsExactly(DELTA_CRL_INDICATOR);
    assertThat(new BigInteger(1, last(list.getExtensionValue(DELTA_CRL_INDICATOR), 6)).longValue())
        .isEqualTo(base.number() & 0xffff_ffff_ffffL);
    list.verify(ca.hierarchy.issuing().certificate().x509().getPublicKey());
    assertThat(list.getExtensionValue(FRESHEST_CRL)).isNull();
    assertThat(new String(read(complete).getExtensionValue(FRESHEST_CRL)))
        .endsWith("http://ca.example.internal:8080/crl/issuing-1/delta.crl");
  }

  @Test
  void is_forgotten_when_its_base_is_over_and_there_is_no_other() {
    ca.crls.publishNow(ISSUER);
    ca.crls.publishNow(ISSUER);
    assertThat(ca.crls.currentDelta(ISSUER)).isPresent();
    ca.clock.advance(Duration.ofHours(25));
    ca.crls.publishDue();
    assertThat(ca.crls.currentDelta(ISSUER)).isEmpty();
    CrlPublisher started = ca.anotherPublisher();
    started.publishDue();
    assertThat(started.currentDelta(ISSUER)).isEmpty();
    assertThat(started.current(ISSUER).orElseThrow().der())
        .isEqualTo(ca.crls.current(ISSUER).orElseThrow().der());
  }

  @Test
  void makes_the_newest_list_of_each_that_still_holds() {
    Random random = new Random(7);
    List<RecordedCertificate> held = new ArrayList<>();
    List<PublishedCrl> lists = new ArrayList<>();
    lists.add(ca.crls.publishNow(ISSUER));
    for (int round = 0; round < 12; round++) {
      RecordedCertificate certificate = ca.issue(orders);
      if (random.nextBoolean()) {
        hold(certificate);
        held.add(certificate);
      } else {
        revoke(certificate);
      }
      if (held.size() > 1) {
        release(held.remove(random.nextInt(held.size())));
      }
      ca.clock.advance(Duration.ofMinutes(random.nextInt(70)));
      ca.crls.publishDue();
      lists.add(ca.crls.current(ISSUER).orElseThrow());

      Map<BigInteger, CRLReason> newest = entries(lists.get(lists.size() - 1));
      PublishedCrl delta = ca.crls.currentDelta(ISSUER).orElseThrow();
      for (PublishedCrl list : lists) {
        Map<BigInteger, CRLReason> together = entries(list);
        together.putAll(entries(delta));
        together.values().removeIf(CRLReason.REMOVE_FROM_CRL::equals);
        assertThat(together).as("list %d in round %d", list.number(), round).isEqualTo(newest);
      }
    }
  }

  @Test
  void is_the_same_whichever_node_writes_it() {
    ca.crls.publishNow(ISSUER);
    revoke(ca.issue(orders));
    ca.crls.publishNow(ISSUER);
    CrlPublisher other = ca.anotherPublisher();
    other.publishDue();
    assertThat(other.currentDelta(ISSUER).orElseThrow().der())
        .isEqualTo(ca.crls.currentDelta(ISSUER).orElseThrow().der());

    revoke(ca.issue(orders));
    other.publishDue();
    ca.crls.publishDue();
    byte[] followed = ca.crls.currentDelta(ISSUER).orElseThrow().der();
    assertThat(followed).isEqualTo(other.currentDelta(ISSUER).orElseThrow().der());
    CrlPublisher third = ca.anotherPublisher();
    third.publishDue();
    assertThat(third.currentDelta(ISSUER).orElseThrow().der()).isEqualTo(followed);
  }

  @Test
  void openssl_goes_by_it(@TempDir Path folder) throws IOException {
    RecordedCertificate revoked = ca.issue(orders);
    RecordedCertificate released = ca.issue(orders);
    RecordedCertificate good = ca.issue(orders);
    ca.crls.publishNow(ISSUER);
    hold(released);
    PublishedCrl older = ca.crls.publishNow(ISSUER); // knows where a delta list is
    revoke(revoked);
    release(released);
    ca.crls.publishNow(ISSUER);
    write(folder, "older.crl", older);
    write(folder, "delta.crl", ca.crls.currentDelta(ISSUER).orElseThrow());
    Files.writeString(
        folder.resolve("root.pem"), ca.hierarchy.roots().get(0).certificate().toPem());
    Files.writeString(folder.resolve("issuing.pem"), ca.hierarchy.issuing().certificate().toPem());

    assertThat(verify(folder, good, " -use_deltas -CRLfile delta.crl")).isEqualTo("leaf.pem: OK\n");
    assertThat(verify(folder, revoked, "")).isEqualTo("leaf.pem: OK\n");
    assertThat(verify(folder, revoked, " -use_deltas -CRLfile delta.crl")).contains("error 23");
    assertThat(verify(folder, released, "")).contains("error 23");
    assertThat(verify(folder, released, " -use_deltas -CRLfile delta.crl"))
        .isEqualTo("leaf.pem: OK\n");
  }

  private static String verify(Path folder, RecordedCertificate leaf, String more)
      throws IOException {
    Files.writeString(folder.resolve("leaf.pem"), leaf.certificate().toPem());
    String command =
        "verify -attime "
            + ca.clock.instant().plusSeconds(1).getEpochSecond()
            + " -x509_strict -extended_crl -crl_check -CAfile root.pem -untrusted issuing.pem"
            + " -CRLfile older.crl"
            + more
            + " leaf.pem";
    return OpenSsl.run(folder, command.split(" ")).output();
  }

  private static void write(Path folder, String name, PublishedCrl list) throws IOException {
    Files.writeString(folder.resolve(name), Pem.encode("X509 CRL", list.der()));
  }

  private static byte[] last(byte[] bytes, int some) {
    return java.util.Arrays.copyOfRange(bytes, bytes.length - some, bytes.length);
  }

  private static BigInteger serial(RecordedCertificate certificate) {
    return certificate.certificate().serial().toBigInteger();
  }

  private static void revoke(RecordedCertificate certificate) {
    ca.revocations.revoke(
        certificate.certificate().serial(),
        RevocationReason.SUPERSEDED,
        Optional.empty(),
        TestAuthority.actor());
  }

  private static void hold(RecordedCertificate certificate) {
    ca.revocations.hold(certificate.certificate().serial(), TestAuthority.actor());
  }

  private static void release(RecordedCertificate certificate) {
    ca.revocations.release(certificate.certificate().serial(), TestAuthority.actor());
  }

  private static Map<BigInteger, CRLReason> entries(PublishedCrl list) {
    Map<BigInteger, CRLReason> entries = new TreeMap<>();
    var listed = read(list).getRevokedCertificates();
    if (listed != null) {
      for (X509CRLEntry entry : listed) {
        entries.put(entry.getSerialNumber(), entry.getRevocationReason());
      }
    }
    return entries;
  }

  private static X509CRL read(PublishedCrl list) {
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(list.der()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
