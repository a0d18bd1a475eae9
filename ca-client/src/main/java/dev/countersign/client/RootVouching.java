package dev.countersign.client;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.Oids;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * Whether new roots may be trusted because of old ones: an old root's key has signed a
 * cross-certificate (RFC 5280 3.2) for the new one's name and key. Nothing that signs from day to
 * day can vouch, so that whoever has the authority's machine, but not a root's key, adds no root.
 */
final class RootVouching {
  private static final int KEY_CERT_SIGN = 5; // RFC 5280 4.2.1.3: bit 5

  private RootVouching() {}

  /**
   * Those of the roots that none of the known ones vouches for, directly or over other roots.
   *
   * @param cross cross-certificates, in any order
   */
  static List<Certificate> unvouched(
      List<Certificate> roots, List<Certificate> known, List<Certificate> cross, Instant now) {
    List<Certificate> vouched =
        new ArrayList<>(known.stream().filter(r -> r.isValidAt(now)).toList());
    List<Certificate> left =
        new ArrayList<>(cross.stream().filter(RootVouching::isForRoot).toList());
    while (left.removeIf(
        c -> vouched.stream().anyMatch(by -> signed(by, c, now)) && vouched.add(c))) {
      // what was vouched for now may vouch for another
    }
    return roots.stream()
        .filter(root -> vouched.stream().noneMatch(v -> isSame(v, root)) && !known.contains(root))
        .toList();
  }

  /**
   * A certificate of an issuing CA is signed by a root too. What tells them apart is that an
   * issuing CA certifies no further CAs, and that a root is not bound to names.
   */
  private static boolean isForRoot(Certificate certificate) {
    X509Certificate x509 = certificate.x509();
    boolean[] usage = x509.getKeyUsage();
    Set<String> critical = x509.getCriticalExtensionOIDs();
    return x509.getBasicConstraints() == Integer.MAX_VALUE // RFC 5280 4.2.1.9: without a limit
        && usage != null
        && usage[KEY_CERT_SIGN]
        && critical != null
        && Set.of(Oids.BASIC_CONSTRAINTS, Oids.KEY_USAGE).containsAll(critical)
        && certificate.extension(Oids.NAME_CONSTRAINTS).isEmpty();
  }

  private static boolean signed(Certificate by, Certificate certificate, Instant now) {
    try {
      PKIXParameters parameters =
          new PKIXParameters(
              Set.of(
                  new TrustAnchor(
                      by.x509().getSubjectX500Principal(), by.x509().getPublicKey(), null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate.x509())),
              parameters);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean isSame(Certificate vouched, Certificate root) {
    return Arrays.equals(vouched.subjectDer(), root.subjectDer())
        && Arrays.equals(vouched.publicKeyInfo(), root.publicKeyInfo());
  }
}
