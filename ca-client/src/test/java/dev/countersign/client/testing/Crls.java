package dev.countersign.client.testing;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pem;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificate revocation lists made with Bouncy Castle, independently of ours. */
public final class Crls {
  private Crls() {}

  /** One list for each CA of the chain, as PEM. */
  public static String empty(TestCa ca, InstantSource clock) {
    return of(ca.issuing(), ca.issuingKey(), ca, clock, List.of())
        + of(ca.root(), ca.rootKey(), ca, clock, List.of());
  }

  public static String of(
      Certificate issuer, KeyPair key, TestCa ca, InstantSource clock, List<BigInteger> revoked) {
    try {
      X509v2CRLBuilder builder =
          new X509v2CRLBuilder(
              X500Name.getInstance(issuer.subjectDer()),
              Date.from(clock.instant().minus(Duration.ofMinutes(1))));
      builder.setNextUpdate(Date.from(clock.instant().plus(Duration.ofDays(1))));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
      for (BigInteger serial : revoked) {
        builder.addCRLEntry(serial, Date.from(clock.instant()), CRLReason.keyCompromise);
      }
      return Pem.encode(
          "X509 CRL",
          builder
              .build(
                  new JcaContentSignerBuilder(ca.algorithm().signatureName())
                      .build(key.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }
}
