package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.testing.TestAuthority;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrlShardsTest {
  private static final int COUNT = TestAuthority.SHARDS.count();

  @TempDir static Path home;
  private static TestAuthority ca;

  @BeforeAll
  static void hold_the_ceremony() {
    ca = TestAuthority.create(home);
  }

  @AfterAll
  static void close() {
    ca.close();
  }

  private static Certificate issue(String name) {
    return ca.issue(ca.identity(name, Names.none())).certificate();
  }

  private static void revoke(Certificate certificate) {
    ca.revocations.revoke(
        certificate.serial(), RevocationReason.SUPERSEDED, Optional.empty(), TestAuthority.actor());
  }

  private static X509CRL read(PublishedCrl crl) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(crl.der()));
  }

  private static List<String> urls(GeneralNames names) {
    return Arrays.stream(names.getNames()).map(GeneralName::getName).map(Object::toString).toList();
  }

  private static String urlIn(Certificate certificate) {
    byte[] extension = certificate.x509().getExtensionValue("2.5.29.31");
    CRLDistPoint points =
        CRLDistPoint.getInstance(ASN1OctetString.getInstance(extension).getOctets());
    return urls(GeneralNames.getInstance(
            points.getDistributionPoints()[0].getDistributionPoint().getName()))
        .get(0);
  }

  private static IssuingDistributionPoint pointOf(X509CRL crl) {
    return IssuingDistributionPoint.getInstance(
        ASN1OctetString.getInstance(crl.getExtensionValue("2.5.29.28")).getOctets());
  }

  private static List<String> urlsOf(X509CRL crl) {
    return urls(GeneralNames.getInstance(pointOf(crl).getDistributionPoint().getName()));
  }

  private static List<PublishedCrl> shards(CrlPublisher publisher) {
    return IntStream.range(0, COUNT)
        .mapToObj(shard -> publisher.current("issuing-1", shard).orElseThrow())
        .toList();
  }

  @Test
  void serials_are_spread_evenly_and_in_their_order() {
    CrlShards shards = new CrlShards(100);
    List<SerialNumber> serials = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      serials.add(SerialNumber.random(TestAuthority.random()));
    }
    serials.sort(null);
    List<Integer> of = serials.stream().map(shards::of).toList();
    assertThat(of).isSorted().startsWith(0).endsWith(99);
    for (int shard = 0; shard < 100; shard++) {
      int one = shard;
      // 200 are to be expected, with a deviation of 14
      assertThat(of.stream().filter(other -> other == one).count())
          .as("%s", one)
          .isBetween(90L, 330L);
    }
    assertThat(shards.of(SerialNumber.of(BigInteger.ZERO))).isZero();
    assertThat(shards.of(SerialNumber.of(BigInteger.ONE.shiftLeft(160).subtract(BigInteger.ONE))))
        .isEqualTo(99);
    assertThat(serials).allMatch(serial -> CrlShards.ONE.of(serial) == 0);
  }

  @Test
  void a_revoked_certificate_is_in_the_list_that_it_names_and_in_the_complete_one()
      throws Exception {
    List<Certificate> certificates = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Certificate certificate = issue("listed-" + i);
      certificates.add(certificate);
      revoke(certificate);
    }
    Certificate good = issue("good");
    ca.crls.publishDue();
    X509CRL complete = read(ca.crls.current("issuing-1").orElseThrow());
    assertThat(complete.getExtensionValue("2.5.29.28")).isNull();
    List<PublishedCrl> shards = shards(ca.crls);
    for (int shard = 0; shard < COUNT; shard++) {
      X509CRL crl = read(shards.get(shard));
      crl.verify(ca.hierarchy.issuing().facts().publicKey());
      String url = TestAuthority.URLS.crl("issuing-1", TestAuthority.SHARDS, shard);
      assertThat(urlsOf(crl)).containsExactly(url);
      assertThat(pointOf(crl).onlyContainsUserCerts()).isTrue();
      assertThat(crl.getCriticalExtensionOIDs()).containsExactly("2.5.29.28");
      for (Certificate certificate : certificates) {
        assertThat(crl.getRevokedCertificate(certificate.x509()) != null)
            .isEqualTo(urlIn(certificate).equals(url));
        assertThat(complete.getRevokedCertificate(certificate.x509())).isNotNull();
      }
      assertThat(crl.getRevokedCertificate(good.x509())).isNull();
    }
    assertThat(ca.crls.current("issuing-1", COUNT)).isEmpty();
    assertThat(ca.crls.current("root-1", 0)).isEmpty();
  }

  @Test
  void a_revocation_is_signed_in_its_shard_alone_and_the_rest_when_it_is_time() {
    Certificate certificate = issue("one");
    ca.crls.publishDue();
    List<PublishedCrl> before = shards(ca.crls);
    revoke(certificate);
    ca.crls.publishDue();
    List<PublishedCrl> after = shards(ca.crls);
    int own = TestAuthority.SHARDS.of(certificate.serial());
    for (int shard = 0; shard < COUNT; shard++) {
      boolean same = after.get(shard) == before.get(shard);
      assertThat(same).as("shard %s of %s", shard, own).isEqualTo(shard != own);
    }
    CrlPublisher started = ca.anotherPublisher();
    started.publishDue();
    assertSame(shards(started), after);
    ca.clock.advance(Duration.ofMinutes(61));
    Instant now = ca.clock.instant();
    ca.crls.publishDue();
    assertThat(shards(ca.crls))
        .allMatch(crl -> crl.thisUpdate().isAfter(now.minus(Duration.ofSeconds(2))));
    started.publishDue();
    assertSame(shards(started), shards(ca.crls));
  }

  private static void assertSame(List<PublishedCrl> some, List<PublishedCrl> others) {
    for (int i = 0; i < others.size(); i++) {
      assertThat(some.get(i).der()).as("shard %s", i).isEqualTo(others.get(i).der());
    }
  }

  @Test
  void lists_have_the_addresses_of_all_certificates_after_the_server_moved() throws Exception {
    ca.crls.publishDue();
    PublicationUrls moved = new PublicationUrls(URI.create("http://moved.example.internal"));
    CrlPublisher other = ca.anotherPublisher(moved);
    other.publishDue();
    for (int shard = 0; shard < COUNT; shard++) {
      assertThat(urlsOf(read(other.current("issuing-1", shard).orElseThrow())))
          .containsExactly(
              moved.crl("issuing-1", TestAuthority.SHARDS, shard),
              TestAuthority.URLS.crl("issuing-1", TestAuthority.SHARDS, shard));
    }
    ca.crls.publishDue(); // which writes it anew, with both
    assertSame(shards(ca.crls), shards(other));
  }

  @Test
  void no_shard_is_without_the_address_of_a_server_that_starts_while_others_revoke(
      @TempDir Path folder) throws Exception {
    try (TestAuthority fresh = TestAuthority.create(folder)) {
      Certificate certificate = fresh.issue(fresh.identity("one", Names.none())).certificate();
      fresh.crls.publishDue();
      PublicationUrls moved = new PublicationUrls(URI.create("http://moved.example.internal"));
      CrlPublisher starting = fresh.anotherPublisher(moved);
      fresh.revocations.hold(certificate.serial(), TestAuthority.actor());
      fresh.crls.publishDue();

      starting.publishDue();

      for (int shard = 0; shard < COUNT; shard++) {
        assertThat(urlsOf(read(starting.current("issuing-1", shard).orElseThrow())))
            .contains(moved.crl("issuing-1", TestAuthority.SHARDS, shard));
      }
    }
  }

  @Test
  void their_number_stays_what_it_was_at_first(@TempDir Path folder) {
    try (TestAuthority fresh = TestAuthority.create(folder)) {
      CrlStore store = new CrlStore(fresh.database);
      Places later = Places.recorded(store, fresh.hierarchy, TestAuthority.URLS, new CrlShards(64));
      assertThat(later.shards("issuing-1")).isEqualTo(TestAuthority.SHARDS);
      assertThat(later.shards("root-1")).isEqualTo(CrlShards.ONE);
    }
  }
}
