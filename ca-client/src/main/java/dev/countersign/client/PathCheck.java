package dev.countersign.client;

import dev.countersign.pki.Certificate;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** RFC 5280 6 path validation by the JDK, with reasons that a person can use. */
final class PathCheck {
  static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1"; // RFC 5280 4.2.1.12
  static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  /** The path does not hold; the message is the reason, as the end of a sentence. */
  static final class BrokenPathException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenPathException(String reason) {
      super(Printable.message(reason));
    }

    BrokenPathException(String reason, Throwable cause) {
      super(Printable.message(reason), cause);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  private PathCheck() {}

  /** The root that the leaf's path ends at. */
  static Certificate root(
      Certificate leaf, List<Certificate> others, List<Certificate> roots, Instant now)
      throws BrokenPathException {
    checkTime("the certificate \"" + leaf.subject() + "\"", leaf, now);
    List<Certificate> usable = new ArrayList<>();
    for (Certificate root : roots) {
      if (!now.isBefore(root.notBefore()) && !now.isAfter(root.notAfter())) {
        usable.add(root);
      }
    }
    if (usable.isEmpty()) {
      throw new BrokenPathException(
          roots.isEmpty()
              ? "there is no root to trust"
              : "all trusted roots are outside their validity at "
                  + now
                  + ", as this machine's clock has it");
    }
    try {
      Set<TrustAnchor> anchors =
          usable.stream().map(r -> new TrustAnchor(r.x509(), null)).collect(Collectors.toSet());
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(leaf.x509());
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      Set<X509Certificate> material = new HashSet<>();
      material.add(leaf.x509());
      others.forEach(c -> material.add(c.x509()));
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(material)));
      PKIXCertPathBuilderResult result =
          (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
      return Certificate.parse(result.getTrustAnchor().getTrustedCert().getEncoded());
    } catch (GeneralSecurityException e) {
      for (Certificate other : others) {
        checkTime("the CA certificate \"" + other.subject() + "\"", other, now);
      }
      throw new BrokenPathException("its chain does not lead to " + anyOf(usable), e);
    }
  }

  /** Three out of a hundred roots would help nobody. */
  private static String anyOf(List<Certificate> roots) {
    return roots.size() > Few.MOST
        ? "any of " + roots.size() + " trusted roots"
        : "a trusted root (" + Few.of(roots.stream().map(Certificate::subject).toList()) + ")";
  }

  static void requireUsage(Certificate leaf, String usage, String name) throws BrokenPathException {
    if (!usages(leaf).contains(usage)) {
      throw new BrokenPathException(
          "the certificate \""
              + leaf.subject()
              + "\" is not meant for "
              + name
              + " authentication");
    }
  }

  static List<String> usages(Certificate leaf) throws BrokenPathException {
    try {
      List<String> usages = leaf.x509().getExtendedKeyUsage();
      return usages == null ? List.of() : usages;
    } catch (CertificateParsingException e) {
      throw new BrokenPathException(
          "the extended key usage of \"" + leaf.subject() + "\" is malformed", e);
    }
  }

  private static void checkTime(String what, Certificate certificate, Instant now)
      throws BrokenPathException {
    if (now.isAfter(certificate.notAfter())) {
      throw new BrokenPathException(
          what
              + " expired at "
              + certificate.notAfter()
              + " (this machine's clock says "
              + now
              + ")");
    }
    if (now.isBefore(certificate.notBefore())) {
      throw new BrokenPathException(
          what
              + " is not valid before "
              + certificate.notBefore()
              + " (this machine's clock says "
              + now
              + "; is it right?)");
    }
  }
}
