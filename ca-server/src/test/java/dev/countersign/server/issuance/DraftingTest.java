package dev.countersign.server.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import dev.countersign.pki.testing.TestKeys;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.lint.LintedDraft;
import dev.countersign.server.lint.Linter;
import dev.countersign.server.lint.TbsCertificate;
import dev.countersign.server.policy.ApprovedRequest;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.policy.Entitlement.Standing;
import dev.countersign.server.policy.IssuancePolicy;
import dev.countersign.server.testing.InMemory;
import dev.countersign.server.testing.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DraftingTest {
  private final Drafting drafting =
      new Drafting(new Linter(), TestAuthority.URLS, name -> CrlShards.ONE, TestAuthority.random());
  private final Asked asked = new Asked();

  private LintedDraft draft(Instant now) {
    return draft(drafting, now);
  }

  private LintedDraft draft(Drafting by, Instant now) {
    Authority issuer = asked.hierarchy.issuing();
    IssuancePolicy policy = new IssuancePolicy(asked.profiles, asked.hierarchy, "example.internal");
    ApprovedRequest approved = policy.approve(asked.entitlement(), asked.request(), issuer, now);
    return by.draft(approved, issuer);
  }

  private Certificate certificate(Instant now) {
    return certificate(drafting, now);
  }

  private Certificate certificate(Drafting by, Instant now) {
    return asked.hierarchy.issuing().sign(draft(by, now));
  }

  @Test
  void a_service_gets_what_RFC_5280_asks_for() throws Exception {
    Certificate certificate = certificate(MovableClock.START);
    assertThat(certificate.commonName()).contains("orders");
    assertThat(certificate.x509().getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
    assertThat(certificate.x509().getNonCriticalExtensionOIDs())
        .containsExactlyInAnyOrder(
            "2.5.29.37", "2.5.29.14", "2.5.29.35", "2.5.29.17", "2.5.29.31", "1.3.6.1.5.5.7.1.1");
    assertThat(certificate.x509().getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.x509().getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(certificate.issuerDer())
        .isEqualTo(asked.hierarchy.issuing().certificate().subjectDer());
    certificate.x509().verify(asked.hierarchy.issuing().facts().publicKey());
  }

  @Test
  void a_certificate_names_the_list_that_its_serial_is_in() {
    for (int count : new int[] {1, 16}) {
      CrlShards shards = new CrlShards(count);
      Drafting sharded =
          new Drafting(new Linter(), TestAuthority.URLS, name -> shards, TestAuthority.random());
      for (int i = 0; i < 20; i++) {
        Certificate certificate = certificate(sharded, MovableClock.START);
        String url = TestAuthority.URLS.crl("issuing-1", shards, shards.of(certificate.serial()));
        assertThat(new String(certificate.encoded(), StandardCharsets.ISO_8859_1)).contains(url);
        assertThat(url.endsWith("/crl/issuing-1.crl")).isEqualTo(count == 1);
      }
    }
  }

  @Test
  void a_responder_is_not_checked_itself() {
    asked.profile = "ocsp";
    asked.standing = Standing.SELF;
    asked.wanted = Names.none();
    Certificate certificate = certificate(MovableClock.START);
    assertThat(certificate.x509().getNonCriticalExtensionOIDs())
        .containsExactlyInAnyOrder(
            "2.5.29.37", "2.5.29.14", "2.5.29.35", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.48.1.5");
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"P256", "P384", "RSA_2048", "ED25519"})
  void every_kind_of_key_may_be_certified(KeyAlgorithm algorithm) {
    asked.key = TestKeys.of(algorithm);
    assertThat(certificate(MovableClock.START).x509().getPublicKey())
        .isEqualTo(TestKeys.of(algorithm).getPublic());
  }

  @Test
  void a_thousand_serials_are_a_thousand_serials_of_20_octets() throws Exception {
    Set<String> serials = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      TbsCertificate tbs = TbsCertificate.of(draft(MovableClock.START).tbs());
      assertThat(tbs.serial()).hasSize(20);
      serials.add(HexFormat.of().formatHex(tbs.serial()));
    }
    assertThat(serials).hasSize(1000);
  }

  @Test
  void the_last_second_of_2049_is_UTCTime_and_the_next_GeneralizedTime() throws Exception {
    Instant midnight = Instant.parse("2050-01-01T00:00:00Z");
    asked.hierarchy =
        InMemory.of(TestCa.create(new MovableClock(midnight.minus(Duration.ofDays(300)))));
    asked.lifetime = Optional.of(Duration.ofHours(1));
    TbsCertificate before = TbsCertificate.of(draft(midnight.minus(Duration.ofHours(1))).tbs());
    assertThat(before.notAfter().text()).isEqualTo("491231235959Z");
    TbsCertificate across = TbsCertificate.of(draft(midnight.minus(Duration.ofMinutes(59))).tbs());
    assertThat(across.notBefore().text()).isEqualTo("491231230000Z");
    assertThat(across.notAfter().text()).isEqualTo("20500101000059Z");
    TbsCertificate after = TbsCertificate.of(draft(midnight.plusSeconds(60)).tbs());
    assertThat(after.notBefore().text()).isEqualTo("20500101000000Z");
  }

  @Test
  void on_the_issuers_last_day_a_certificate_ends_with_its_issuer() {
    Instant end = asked.hierarchy.issuing().certificate().notAfter();
    Certificate certificate = certificate(end.minus(Duration.ofHours(3)));
    assertThat(certificate.notAfter()).isEqualTo(end);
  }
}
