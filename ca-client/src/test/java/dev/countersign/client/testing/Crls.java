package dev.countersign.client.testing;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pem;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
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
    Map<BigInteger, Integer> reasons = new LinkedHashMap<>();
    revoked.forEach(serial -> reasons.put(serial, CRLReason.keyCompromise));
    return new Recipe(issuer, key, ca, clock.instant().minus(Duration.ofMinutes(1)))
        .revoked(reasons)
        .pem();
  }

  /** Of the issuing CA, made at this moment. */
  public static Recipe of(TestCa ca, Instant madeAt) {
    return new Recipe(ca.issuing(), ca.issuingKey(), ca, madeAt);
  }

  /** Of the root, made at this moment. */
  public static Recipe ofRoot(TestCa ca, Instant madeAt) {
    return new Recipe(ca.root(), ca.rootKey(), ca, madeAt);
  }

  /** What is in a list. */
  public static final class Recipe {
    private final KeyPair key;
    private final TestCa ca;
    private final X509v2CRLBuilder builder;
    private final Instant madeAt;
    private Optional<Long> number = Optional.of(1L);

    Recipe(Certificate issuer, KeyPair key, TestCa ca, Instant madeAt) {
      this.key = key;
      this.ca = ca;
      this.madeAt = madeAt;
      this.builder =
          new X509v2CRLBuilder(X500Name.getInstance(issuer.subjectDer()), Date.from(madeAt));
      builder.setNextUpdate(Date.from(madeAt.plus(Duration.ofDays(1))));
    }

    public Recipe number(long other) {
      number = Optional.of(other);
      return this;
    }

    public Recipe withoutNumber() {
      number = Optional.empty();
      return this;
    }

    /** Serial numbers with their reason, a value of {@link CRLReason}. */
    public Recipe revoked(Map<BigInteger, Integer> reasons) {
      reasons.forEach((serial, reason) -> builder.addCRLEntry(serial, Date.from(madeAt), reason));
      return this;
    }

    public Recipe revoked(Certificate certificate, int reason) {
      return revoked(Map.of(certificate.serial().toBigInteger(), reason));
    }

    public Recipe extension(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
      try {
        builder.addExtension(oid, critical, value);
        return this;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    public byte[] der() {
      number
          .map(BigInteger::valueOf)
          .ifPresent(value -> extension(Extension.cRLNumber, false, new CRLNumber(value)));
      try {
        return builder
            .build(
                new JcaContentSignerBuilder(ca.algorithm().signatureName()).build(key.getPrivate()))
            .getEncoded();
      } catch (IOException | OperatorCreationException e) {
        throw new AssertionError(e);
      }
    }

    public String pem() {
      return Pem.encode("X509 CRL", der());
    }
  }
}
