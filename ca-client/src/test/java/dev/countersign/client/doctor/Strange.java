package dev.countersign.client.doctor;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates that no profile of ours has. */
final class Strange {
  private Strange() {}

  static Certificate withUsage(TestCa ca, KeyPair key, String usage) {
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              X500Name.getInstance(ca.issuing().subjectDer()),
              new BigInteger(127, Clinic.RANDOM).setBit(126),
              Date.from(Clinic.CLOCK.instant().minus(Duration.ofHours(1))),
              Date.from(Clinic.CLOCK.instant().plus(Duration.ofDays(30))),
              new X500Name("CN=usage"),
              SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(KeyPurposeId.getInstance(new ASN1ObjectIdentifier(usage))));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
      return Certificate.parse(
          builder
              .build(
                  new JcaContentSignerBuilder("SHA256withECDSA")
                      .build(ca.issuingKey().getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }
}
