package dev.countersign.server.interop;

import dev.countersign.pki.Certificate;
import dev.countersign.server.crl.PublishedCrl;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.testing.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;

/** The path validator of this JDK, with revocation checked in one way and no other. */
final class JdkValidator {
  private final TestAuthority ca;

  JdkValidator(TestAuthority ca) {
    this.ca = ca;
  }

  String byCrl(RecordedCertificate certificate) {
    return by(certificate, ca.crls.current("issuing-1").orElseThrow());
  }

  String byShard(RecordedCertificate certificate, int shard) {
    return by(certificate, ca.crls.current("issuing-1", shard).orElseThrow());
  }

  private String by(RecordedCertificate certificate, PublishedCrl list) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      List<X509CRL> crls = new ArrayList<>();
      for (PublishedCrl crl : List.of(list, ca.crls.current("root-1").orElseThrow())) {
        crls.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(crl.der())));
      }
      PKIXRevocationChecker checker = checker(EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK));
      return validate(
          certificate,
          checker,
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  String byOcsp(RecordedCertificate certificate) {
    try {
      PKIXRevocationChecker checker =
          checker(EnumSet.of(Option.ONLY_END_ENTITY, Option.NO_FALLBACK));
      byte[] answer = ca.askOcsp("issuing-1", request(certificate.certificate())).der();
      checker.setOcspResponses(Map.of(certificate.certificate().x509(), answer));
      return validate(
          certificate,
          checker,
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of())));
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private byte[] request(Certificate certificate) throws IOException {
    var facts = ca.hierarchy.issuing().facts();
    CertID id =
        new CertID(
            new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.14.3.2.26")),
            new DEROctetString(sha1(facts.subject())),
            new DEROctetString(sha1(facts.keyBits())),
            new ASN1Integer(new BigInteger(1, certificate.serial().bytes())));
    return new OCSPRequest(
            new TBSRequest(
                (GeneralName) null,
                new DERSequence(new Request(id, (Extensions) null)),
                (Extensions) null),
            null)
        .getEncoded("DER");
  }

  private static byte[] sha1(byte[] input) {
    try {
      return java.security.MessageDigest.getInstance("SHA-1").digest(input);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static PKIXRevocationChecker checker(Set<Option> options)
      throws GeneralSecurityException {
    PKIXRevocationChecker checker =
        (PKIXRevocationChecker) CertPathValidator.getInstance("PKIX").getRevocationChecker();
    checker.setOptions(options);
    return checker;
  }

  private String validate(
      RecordedCertificate certificate, PKIXRevocationChecker checker, CertStore crls)
      throws GeneralSecurityException {
    X509Certificate root = ca.hierarchy.roots().get(0).certificate().x509();
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setDate(Date.from(ca.clock.instant()));
    parameters.addCertStore(crls);
    parameters.addCertPathChecker(checker);
    List<X509Certificate> path = certificate.chain().stream().map(Certificate::x509).toList();
    try {
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      return "OK";
    } catch (CertPathValidatorException e) {
      return e.getCause() instanceof CertificateRevokedException revoked
          ? "REVOKED " + revoked.getRevocationReason()
          : e.getReason() + ": " + e.getMessage();
    }
  }
}
