package dev.countersign.bench.floor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class TemplateTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final X500Name NAME = new X500Name("CN=Template");

  private final KeyPair issuer = KeyAlgorithm.P256.generate(RANDOM);
  private final KeyPair subject = KeyAlgorithm.P256.generate(RANDOM);

  /** With a serial number as long as ours. */
  private Certificate certificate() throws Exception {
    byte[] serial = new byte[20];
    Arrays.fill(serial, (byte) 0x55);
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return Certificate.of(
        new JcaX509CertificateConverter()
            .getCertificate(
                new JcaX509v3CertificateBuilder(
                        NAME,
                        new BigInteger(serial),
                        Date.from(now),
                        Date.from(now.plus(1, ChronoUnit.DAYS)),
                        NAME,
                        subject.getPublic())
                    .build(
                        new JcaContentSignerBuilder(KeyAlgorithm.P256.signatureName())
                            .build(issuer.getPrivate()))));
  }

  @Test
  void makes_a_certificate_that_can_be_read_and_has_the_key_that_was_put_in() throws Exception {
    KeyPair other = KeyAlgorithm.P256.generate(RANDOM);
    byte[] serial = new byte[20];
    Arrays.fill(serial, (byte) 0xff);
    Template template = new Template(certificate());

    byte[] made = template.with(serial, other.getPublic().getEncoded());
    Signature signer = Signature.getInstance(KeyAlgorithm.P256.signatureName());
    signer.initSign(issuer.getPrivate());
    signer.update(made);
    Certificate read = Certificate.parse(template.signed(made, signer.sign()));

    assertThat(read.publicKeyInfo()).isEqualTo(other.getPublic().getEncoded());
    assertThat(read.serial().toBigInteger()).isPositive();
    read.x509().verify(issuer.getPublic());
  }

  @Test
  void checks_the_signatures_that_it_counts() throws Exception {
    byte[] request =
        CertificateRequest.create(
            KeyAlgorithm.P256.generate(RANDOM), Optional.of("bench"), Names.none());
    Cryptography good = new Cryptography(certificate(), List.of(request));
    good.checkAndSign();
    good.sign();
    byte[] forged = request.clone();
    forged[12] ^= 1; // in the common name

    Cryptography bad = new Cryptography(certificate(), List.of(forged));

    assertThat(good.bytes()).isPositive();
    assertThatThrownBy(bad::checkAndSign)
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessage("the signature of a request does not verify");
  }
}
