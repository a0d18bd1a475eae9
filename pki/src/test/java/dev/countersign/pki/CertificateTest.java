package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.OpenSsl;
import dev.countersign.pki.testing.TestCa;
import dev.countersign.pki.testing.TestKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateTest {
  private static final MovableClock CLOCK = new MovableClock();
  private static final TestCa CA = TestCa.create(CLOCK);

  @TempDir Path folder;

  @Test
  void says_what_the_JDK_says() throws Exception {
    List<SubjectName> names =
        List.of(
            SubjectName.dns("orders.example"),
            SubjectName.ip("10.0.0.1"),
            SubjectName.ip("2001:db8::1"),
            SubjectName.uri("spiffe://example/orders"),
            SubjectName.email("ops@example"));
    Certificate certificate =
        CA.issue(TestKeys.of(KeyAlgorithm.P256).getPublic(), "orders", names, Duration.ofDays(1));
    X509Certificate x509 = certificate.x509();
    assertThat(certificate.names().list()).isEqualTo(names);
    assertThat(certificate.commonName()).contains("orders");
    assertThat(certificate.subject()).isEqualTo("CN=orders");
    assertThat(certificate.issuer()).isEqualTo("CN=Test Issuing");
    assertThat(certificate.subjectDer()).isEqualTo(x509.getSubjectX500Principal().getEncoded());
    assertThat(certificate.issuerDer()).isEqualTo(x509.getIssuerX500Principal().getEncoded());
    assertThat(certificate.serial().toBigInteger()).isEqualTo(x509.getSerialNumber());
    assertThat(certificate.notBefore()).isEqualTo(x509.getNotBefore().toInstant());
    assertThat(certificate.notAfter()).isEqualTo(x509.getNotAfter().toInstant());
    assertThat(certificate.publicKeyInfo()).isEqualTo(x509.getPublicKey().getEncoded());
    assertThat(certificate.toBeSigned()).isEqualTo(x509.getTBSCertificate());
    assertThat(certificate.fingerprint())
        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(x509.getEncoded()));
    assertThat(certificate.pin()).isEqualTo(Pin.of(x509.getPublicKey().getEncoded()));
    assertThat(certificate.isCa()).isFalse();
    assertThat(CA.issuing().isCa()).isTrue();
    assertThat(CA.root().isSelfIssued()).isTrue();
    assertThat(CA.issuing().isSelfIssued()).isFalse();
    assertThat(certificate.subjectKeyIdentifier().orElseThrow())
        .isEqualTo(SubjectKey.checked(certificate.publicKeyInfo()).keyIdentifier());
    assertThat(certificate.extension("1.2.3")).isEmpty();
    assertThat(certificate).isEqualTo(Certificate.of(x509)).hasSameHashCodeAs(Certificate.of(x509));
  }

  @Test
  void the_last_second_belongs_to_its_life() {
    Certificate root = CA.root();
    assertThat(root.isValidAt(root.notBefore())).isTrue();
    assertThat(root.isValidAt(root.notBefore().minusMillis(1))).isFalse();
    assertThat(root.isValidAt(root.notAfter().plusMillis(999))).isTrue();
    assertThat(root.isValidAt(root.notAfter().plusSeconds(1))).isFalse();
  }

  @Test
  void pem_goes_there_and_back_with_text_around_it() {
    List<Certificate> chain = List.of(CA.issuing(), CA.root());
    String pem =
        "issuing\n" + CA.issuing().toPem() + "root\r\n" + CA.root().toPem().replace("\n", "\r\n");
    assertThat(Certificate.parsePem(pem)).isEqualTo(chain);
    assertThat(Certificate.parsePem(Certificate.toPem(chain))).isEqualTo(chain);
  }

  @Test
  void reads_what_openssl_makes() throws Exception {
    OpenSsl.run(
            folder,
            ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out c.pem"
                    + " -subj /C=CH/O=Other/CN=other -days 40000 -addext subjectAltName=DNS:a_b.example,RID:1.2.3")
                .split(" "))
        .succeeded();
    Certificate certificate =
        Certificate.parsePem(Files.readString(folder.resolve("c.pem"))).get(0);
    assertThat(certificate.subject()).isEqualTo("CN=other,O=Other,C=CH");
    assertThat(certificate.names().dns())
        .as("as found, though nobody would issue it")
        .containsExactly("a_b.example");
    assertThat(certificate.notAfter()).isEqualTo(certificate.x509().getNotAfter().toInstant());
  }

  @Test
  void reads_the_certificates_that_the_JDK_trusts() throws Exception {
    KeyStore cacerts =
        KeyStore.getInstance(
            Path.of(System.getProperty("java.home"), "lib", "security", "cacerts").toFile(),
            "changeit".toCharArray());
    for (String alias : Collections.list(cacerts.aliases())) {
      X509Certificate x509 = (X509Certificate) cacerts.getCertificate(alias);
      Certificate certificate = Certificate.parse(x509.getEncoded());
      assertThat(certificate.serial().toBigInteger()).as(alias).isEqualTo(x509.getSerialNumber());
      assertThat(certificate.subject())
          .as(alias)
          .isEqualTo(x509.getSubjectX500Principal().getName());
      assertThat(certificate.isCa()).as(alias).isEqualTo(x509.getBasicConstraints() >= 0);
      assertThat(certificate.notAfter()).as(alias).isEqualTo(x509.getNotAfter().toInstant());
    }
  }

  @Test
  void no_cut_of_a_certificate_is_one() {
    byte[] der = CA.root().encoded();
    for (int length = 0; length < der.length; length++) {
      byte[] cut = Arrays.copyOf(der, length);
      assertThatThrownBy(() -> Certificate.parse(cut))
          .isInstanceOf(MalformedCertificateException.class);
    }
    assertThatThrownBy(() -> Certificate.parse(Arrays.copyOf(der, der.length + 1)))
        .isInstanceOf(MalformedCertificateException.class);
    assertThatThrownBy(() -> Certificate.parsePem("nothing"))
        .isInstanceOf(MalformedCertificateException.class);
    assertThatThrownBy(() -> Certificate.parsePem("-----BEGIN CERTIFICATE-----\nabcd"))
        .isInstanceOf(MalformedCertificateException.class)
        .hasMessageContaining("cut off");
  }
}
