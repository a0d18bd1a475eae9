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
public final class PathCheck {
  public static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1"; // RFC 5280 4.2.1.12
  public static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  /** What kind of thing is wrong with a path. */
  public enum Fault {
    EXPIRED,
    NOT_YET_VALID,
    UNKNOWN_ROOT,
    WRONG_USAGE,
    OTHER
  }

  /** The path does not hold; the message is the reason, as the end of a sentence. */
  public static final class BrokenPathException extends Exception {
    private static final long serialVersionUID = 1L;
    private final Fault fault;

    BrokenPathException(String reason) {
      this(Fault.OTHER, reason);
    }

    BrokenPathException(Fault fault, String reason) {
      super(Printable.message(reason));
      this.fault = fault;
    }

    BrokenPathException(String reason, Throwable cause) {
      this(Fault.OTHER, reason, cause);
    }

    BrokenPathException(Fault fault, String reason, Throwable cause) {
      super(Printable.message(reason), cause);
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * A path that holds.
   *
   * @param certificates the leaf first, without the root
   */
  public record Path(List<Certificate> certificates, Certificate root) {
    public Path {
      certificates = List.copyOf(certificates);
    }

    public Instant notBefore() {
      return certificates.stream()
          .map(Certificate::notBefore)
          .reduce(root.notBefore(), (a, b) -> a.isAfter(b) ? a : b);
    }

    /** When the first of them expires. */
    public Instant notAfter() {
      return certificates.stream()
          .map(Certificate::notAfter)
          .reduce(root.notAfter(), (a, b) -> a.isBefore(b) ? a : b);
    }
  }

  private PathCheck() {}

  /** The root that the leaf's path ends at. */
  static Certificate root(
      Certificate leaf, List<Certificate> others, List<Certificate> roots, Instant now)
      throws BrokenPathException {
    return path(leaf, others, roots, now).root();
  }

  /**
   * The path from a leaf to one of the roots.
   *
   * @param others certificates that may lie between
   */
  public static Path path(
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
          Fault.UNKNOWN_ROOT,
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
      List<Certificate> path = new ArrayList<>();
      for (java.security.cert.Certificate each : result.getCertPath().getCertificates()) {
        path.add(Certificate.of((X509Certificate) each));
      }
      return new Path(path, Certificate.of(result.getTrustAnchor().getTrustedCert()));
    } catch (GeneralSecurityException e) {
      for (Certificate other : others) {
        checkTime("the CA certificate \"" + other.subject() + "\"", other, now);
      }
      throw new BrokenPathException(
          Fault.UNKNOWN_ROOT, "its chain does not lead to " + anyOf(usable), e);
    }
  }

  /** Three out of a hundred roots would help nobody. */
  private static String anyOf(List<Certificate> roots) {
    return roots.size() > Few.MOST
        ? "any of " + roots.size() + " trusted roots"
        : "a trusted root (" + Few.of(roots.stream().map(Certificate::subject).toList()) + ")";
  }

  public static void requireUsage(Certificate leaf, String usage, String name)
      throws BrokenPathException {
    if (!usages(leaf).contains(usage)) {
      throw new BrokenPathException(
          Fault.WRONG_USAGE,
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
          Fault.EXPIRED,
          what
              + " expired at "
              + certificate.notAfter()
              + " (this machine's clock says "
              + now
              + ")");
    }
    if (now.isBefore(certificate.notBefore())) {
      throw new BrokenPathException(
          Fault.NOT_YET_VALID,
          what
              + " is not valid before "
              + certificate.notBefore()
              + " (this machine's clock says "
              + now
              + "; is it right?)");
    }
  }
}
