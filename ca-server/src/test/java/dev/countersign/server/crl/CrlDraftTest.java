package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.testing.InMemory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CrlDraftTest {
  private static final Instant NOW = MovableClock.START;
  private static final Instant NEXT = NOW.plus(Duration.ofDays(1));

  private final List<EncodedEntry> entries = new ArrayList<>();

  private void add(long serial, Denial denial) {
    entries.add(EncodedEntry.of(SerialNumber.of(BigInteger.valueOf(serial)), denial, 0));
  }

  private void add(long serial, RevocationReason reason, Optional<Instant> invalidityDate) {
    add(serial, new Denial(NOW.minusSeconds(serial), reason, invalidityDate));
  }

  private static X509CRL read(byte[] der) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
  }

  private CrlDraft draft(Authority issuer, long number, Instant thisUpdate, Instant nextUpdate) {
    CrlRow heading =
        new CrlRow(
            "issuing-1",
            CrlRow.COMPLETE,
            number,
            thisUpdate,
            nextUpdate,
            1,
            thisUpdate,
            thisUpdate,
            1,
            Optional.empty(),
            new byte[0]);
    return new CrlDraft(issuer, heading, List.of(SortedEntries.NONE.with(entries)), new byte[0]);
  }

  private byte[] signed(Authority issuer, long number, Instant thisUpdate, Instant nextUpdate) {
    CrlDraft draft = draft(issuer, number, thisUpdate, nextUpdate);
    byte[] signature = draft.sign(issuer.signingKey().orElseThrow());
    assertThat(draft.isSignedBy(signature)).isTrue();
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    draft.signed(signature).forEach(whole::writeBytes);
    return whole.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"P256", "P384", "RSA_2048", "ED25519"})
  void every_entry_is_read_back_by_the_JDK(KeyAlgorithm algorithm) throws Exception {
    Authority issuer = InMemory.hierarchy(algorithm).issuing();
    add(1, RevocationReason.UNSPECIFIED, Optional.empty());
    add(127, RevocationReason.KEY_COMPROMISE, Optional.of(NOW.minusSeconds(99)));
    add(128, RevocationReason.CERTIFICATE_HOLD, Optional.empty());
    X509CRL crl = read(signed(issuer, 7, NOW, NEXT));
    crl.verify(issuer.facts().publicKey());
    assertThat(crl.getThisUpdate().toInstant()).isEqualTo(NOW);
    assertThat(crl.getNextUpdate().toInstant()).isEqualTo(NEXT);
    assertThat(crl.getRevokedCertificates()).hasSize(3);
    X509CRLEntry first = crl.getRevokedCertificate(BigInteger.ONE);
    assertThat(first.hasExtensions()).isFalse();
    assertThat(first.getRevocationDate().toInstant()).isEqualTo(NOW.minusSeconds(1));
    X509CRLEntry second = crl.getRevokedCertificate(BigInteger.valueOf(127));
    assertThat(second.getRevocationReason()).isEqualTo(CRLReason.KEY_COMPROMISE);
    assertThat(second.getExtensionValue("2.5.29.24")).isNotNull();
    assertThat(crl.getRevokedCertificate(BigInteger.valueOf(128)).getRevocationReason())
        .isEqualTo(CRLReason.CERTIFICATE_HOLD);
  }

  @Test
  void a_large_list_is_what_Bouncy_Castle_writes_byte_for_byte() throws Exception {
    Authority issuer = InMemory.hierarchy(KeyAlgorithm.ED25519).issuing(); // signs alike each time
    X509v2CRLBuilder builder =
        new X509v2CRLBuilder(X500Name.getInstance(issuer.facts().subject()), Date.from(NOW));
    builder.setNextUpdate(Date.from(NEXT));
    for (int i = 1; i <= 5000; i++) {
      add(i * 7919L, RevocationReason.SUPERSEDED, Optional.empty());
      builder.addCRLEntry(
          BigInteger.valueOf(i * 7919L),
          Date.from(NOW.minusSeconds(i * 7919L)),
          RevocationReason.SUPERSEDED.code());
    }
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.facts().publicKey()));
    builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(300)));
    byte[] ours = signed(issuer, 300, NOW, NEXT);
    X509CRLHolder theirs =
        builder.build(
            new JcaContentSignerBuilder("Ed25519")
                .build(KeyAlgorithm.ED25519.generate(new SecureRandom()).getPrivate()));
    assertThat(new X509CRLHolder(ours).toASN1Structure().getTBSCertList().getEncoded("DER"))
        .isEqualTo(theirs.toASN1Structure().getTBSCertList().getEncoded("DER"));
    assertThat(ours).isEqualTo(new X509CRLHolder(ours).toASN1Structure().getEncoded("DER"));
  }

  @Test
  void without_entries_there_is_no_empty_sequence() throws Exception {
    Authority issuer = InMemory.hierarchy(KeyAlgorithm.P256).issuing();
    byte[] der = signed(issuer, 1, NOW, NEXT);
    assertThat(read(der).getRevokedCertificates()).isNull();
    assertThat(new X509CRLHolder(der).toASN1Structure().getEncoded("DER")).isEqualTo(der);
  }

  @Test
  void dates_from_2050_on_are_GeneralizedTime() throws Exception {
    Authority issuer = InMemory.hierarchy(KeyAlgorithm.P256).issuing();
    Instant last = Instant.parse("2049-12-31T23:59:59Z");
    add(1, new Denial(last.plusSeconds(1), RevocationReason.SUPERSEDED, Optional.of(last)));
    byte[] der = signed(issuer, 1, last, last.plusSeconds(1));
    assertThat(new String(der, StandardCharsets.ISO_8859_1))
        .contains("491231235959Z", "20500101000000Z", "20491231235959Z");
    assertThat(read(der).getNextUpdate().toInstant()).isEqualTo(last.plusSeconds(1));
  }

  @Test
  void no_date_of_one_entry_spoils_the_list() throws Exception {
    Authority issuer = InMemory.hierarchy(KeyAlgorithm.P256).issuing();
    List<Instant> dates =
        List.of(
            Instant.MIN,
            Instant.parse("-0001-06-01T00:00:00Z"),
            Instant.parse("1949-12-31T23:59:59Z"),
            Instant.parse("+10000-01-01T00:00:00Z"),
            Instant.MAX);
    for (int i = 0; i < dates.size(); i++) {
      add(i + 1, new Denial(dates.get(i), RevocationReason.SUPERSEDED, Optional.of(dates.get(i))));
    }
    byte[] der = signed(issuer, 1, NOW, NEXT);
    assertThat(new X509CRLHolder(der).toASN1Structure().getEncoded("DER")).isEqualTo(der);
    X509CRL crl = read(der);
    crl.verify(issuer.facts().publicKey());
    assertThat(crl.getRevokedCertificates()).hasSize(dates.size());
    assertThat(crl.getRevokedCertificate(BigInteger.valueOf(3)).getRevocationDate().toInstant())
        .isEqualTo(dates.get(2));
    assertThat(crl.getRevokedCertificate(BigInteger.valueOf(5)).getRevocationDate().toInstant())
        .isEqualTo("9999-12-31T23:59:59Z");
  }

  @Test
  void a_signature_of_other_entries_or_another_heading_is_none() {
    Authority issuer = InMemory.hierarchy(KeyAlgorithm.P256).issuing();
    add(5, RevocationReason.SUPERSEDED, Optional.empty());
    byte[] signature = draft(issuer, 1, NOW, NEXT).sign(issuer.signingKey().orElseThrow());
    assertThat(draft(issuer, 1, NOW, NEXT).isSignedBy(signature)).isTrue();
    assertThat(draft(issuer, 1, NOW, NEXT).isSignedBy(new byte[] {1})).isFalse();
    assertThat(draft(issuer, 2, NOW, NEXT).isSignedBy(signature)).isFalse();
    entries.clear();
    assertThat(draft(issuer, 1, NOW, NEXT).isSignedBy(signature)).isFalse();
  }
}
