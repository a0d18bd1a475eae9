package dev.countersign.pki.testing;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.SubjectName;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root and an issuing CA in memory, made with Bouncy Castle's builders and nothing of ours. */
public final class TestCa {
  /** A key and its chain, the key's own certificate first, the root left out. */
  public record Credential(KeyPair key, List<Certificate> chain) {
    public Certificate certificate() {
      return chain.get(0);
    }
  }

  private final KeyAlgorithm algorithm;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final String name;
  private final KeyPair rootKey;
  private final KeyPair issuingKey;
  private final Certificate root;
  private final Certificate issuing;
  private final int issuingNumber;
  private List<KeyPurposeId> usages =
      List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
  private Optional<URI> crls = Optional.empty();

  private TestCa(String name, KeyAlgorithm algorithm, InstantSource clock) {
    this.name = name;
    this.algorithm = algorithm;
    this.clock = clock;
    rootKey = algorithm.generate(random);
    X500Name rootName = new X500Name("CN=" + name + " Root");
    root = ca(rootName, rootName, rootKey.getPublic(), rootKey, Duration.ofDays(3650), -1);
    issuingKey = algorithm.generate(random);
    issuingNumber = 1;
    issuing = issuing(" Issuing");
  }

  private TestCa(TestCa before) {
    name = before.name;
    algorithm = before.algorithm;
    clock = before.clock;
    rootKey = before.rootKey;
    root = before.root;
    crls = before.crls;
    issuingKey = algorithm.generate(random);
    issuingNumber = before.issuingNumber + 1;
    issuing = issuing(" Issuing " + issuingNumber);
  }

  private Certificate issuing(String suffix) {
    return ca(
        X500Name.getInstance(root.subjectDer()),
        new X500Name("CN=" + name + suffix),
        issuingKey.getPublic(),
        rootKey,
        Duration.ofDays(1825),
        0);
  }

  /** A CA of P-256 keys whose certificates are valid from an hour before the clock's time. */
  public static TestCa create(InstantSource clock) {
    return create("Test", KeyAlgorithm.P256, clock);
  }

  public static TestCa create(String name, KeyAlgorithm algorithm, InstantSource clock) {
    return new TestCa(name, algorithm, clock);
  }

  /** The same root, with another issuing CA in the place of this one. */
  public TestCa withNextIssuing() {
    return new TestCa(this);
  }

  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  public Certificate root() {
    return root;
  }

  public Certificate issuing() {
    return issuing;
  }

  public KeyPair rootKey() {
    return rootKey;
  }

  public KeyPair issuingKey() {
    return issuingKey;
  }

  /** Certificates issued from now on are for these (RFC 5280 4.2.1.12), not for both. */
  public void certifyFor(KeyPurposeId... purposes) {
    usages = List.of(purposes);
  }

  /** Certificates issued from now on point to a revocation list there (RFC 5280 4.2.1.13). */
  public void pointToCrlsAt(URI url) {
    crls = Optional.of(url);
  }

  /**
   * A credential for 30 days, for servers and clients, with these DNS names; the common name is the
   * first.
   */
  public Credential credential(String... dnsNames) {
    KeyPair key = algorithm.generate(random);
    List<SubjectName> names = Arrays.stream(dnsNames).map(SubjectName::dns).toList();
    return new Credential(
        key, List.of(issue(key.getPublic(), dnsNames[0], names, Duration.ofDays(30)), issuing));
  }

  /**
   * A certificate of the issuing CA for servers and clients, or what was chosen, valid from an hour
   * ago for so long from now.
   */
  public Certificate issue(
      PublicKey key, String commonName, List<SubjectName> names, Duration life) {
    Instant now = clock.instant();
    return issue(key, commonName, names, now.minus(Duration.ofHours(1)), now.plus(life));
  }

  public Certificate issue(
      PublicKey key,
      String commonName,
      List<SubjectName> names,
      Instant notBefore,
      Instant notAfter) {
    try {
      X509v3CertificateBuilder builder =
          builder(
              X500Name.getInstance(issuing.subjectDer()),
              new X500Name("CN=" + commonName),
              key,
              notBefore,
              notAfter);
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(usages.toArray(KeyPurposeId[]::new)));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuingKey.getPublic()));
      if (crls.isPresent()) {
        GeneralName at =
            new GeneralName(GeneralName.uniformResourceIdentifier, crls.get().toString());
        DistributionPointName name = new DistributionPointName(new GeneralNames(at));
        builder.addExtension(
            Extension.cRLDistributionPoints,
            false,
            new CRLDistPoint(new DistributionPoint[] {new DistributionPoint(name, null, null)}));
      }
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.stream().map(TestCa::generalName).toArray(GeneralName[]::new)));
      }
      return sign(builder, issuingKey);
    } catch (IOException | java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A cross-certificate: this CA's root vouches for another's. */
  public Certificate vouchFor(TestCa newer) {
    return certify(rootKey, root, newer.root(), Duration.ofDays(3650), -1);
  }

  /** A CA certificate of our making for the name and key of another certificate. */
  public Certificate certify(
      KeyPair issuerKey, Certificate issuer, Certificate subject, Duration life, int pathLength) {
    return ca(
        X500Name.getInstance(issuer.subjectDer()),
        X500Name.getInstance(subject.subjectDer()),
        subject.x509().getPublicKey(),
        issuerKey,
        life,
        pathLength);
  }

  private Certificate ca(
      X500Name issuer,
      X500Name subject,
      PublicKey key,
      KeyPair issuerKey,
      Duration life,
      int pathLength) {
    try {
      Instant now = clock.instant();
      X509v3CertificateBuilder builder =
          builder(issuer, subject, key, now.minus(Duration.ofHours(1)), now.plus(life));
      builder.addExtension(
          Extension.basicConstraints,
          true,
          pathLength < 0 ? new BasicConstraints(true) : new BasicConstraints(pathLength));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuerKey.getPublic()));
      return sign(builder, issuerKey);
    } catch (IOException | java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey key, Instant notBefore, Instant notAfter)
      throws IOException, java.security.NoSuchAlgorithmException {
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            issuer,
            new BigInteger(127, random).setBit(127),
            Date.from(notBefore),
            Date.from(notAfter),
            subject,
            SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
    return builder;
  }

  private Certificate sign(X509v3CertificateBuilder builder, KeyPair issuerKey) throws IOException {
    try {
      X509CertificateHolder holder =
          builder.build(
              new JcaContentSignerBuilder(algorithm.signatureName()).build(issuerKey.getPrivate()));
      return Certificate.parse(holder.getEncoded());
    } catch (OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private static GeneralName generalName(SubjectName name) {
    int tag =
        switch (name.kind()) {
          case DNS -> GeneralName.dNSName;
          case IP -> GeneralName.iPAddress;
          case URI -> GeneralName.uniformResourceIdentifier;
          case EMAIL -> GeneralName.rfc822Name;
        };
    return new GeneralName(tag, name.value());
  }

  @Override
  public String toString() {
    return "test CA " + name;
  }
}
