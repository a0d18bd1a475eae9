package dev.countersign.client;

import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads certificate revocation lists (RFC 5280 5) and checks whose they are. */
final class RevocationLists {
  private static final String BEGIN = "-----BEGIN X509 CRL-----"; // RFC 7468 6
  private static final String END = "-----END X509 CRL-----";

  private RevocationLists() {}

  static X509CRL parse(byte[] der) throws CRLException {
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /**
   * Each list must be signed by one of the issuers; which of them have one is the authority's
   * business.
   */
  static void verify(String pem, List<Certificate> issuers) throws BrokenPathException {
    for (byte[] der : blocks(pem)) {
      X509CRL crl;
      try {
        crl = parse(der);
      } catch (CRLException e) {
        throw new BrokenPathException("a revocation list in it is malformed", e);
      }
      if (issuers.stream().noneMatch(issuer -> signed(crl, issuer))) {
        throw new BrokenPathException(
            "the revocation list of \""
                + crl.getIssuerX500Principal()
                + "\" in it is not signed by the chain's CAs");
      }
    }
  }

  private static boolean signed(X509CRL crl, Certificate issuer) {
    try {
      if (!crl.getIssuerX500Principal().equals(issuer.x509().getSubjectX500Principal())) {
        return false;
      }
      crl.verify(issuer.x509().getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * Not with {@code Pem}, whose limit is meant for what people paste: a list of 100,000 entries is
   * 5 MB of text.
   */
  static List<byte[]> blocks(String pem) throws BrokenPathException {
    List<byte[]> lists = new ArrayList<>();
    int at = 0;
    while (true) {
      int begin = pem.indexOf(BEGIN, at);
      if (begin < 0) {
        return lists;
      }
      int end = pem.indexOf(END, begin);
      if (end < 0) {
        throw new BrokenPathException("a revocation list in it is cut off");
      }
      try {
        lists.add(Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end)));
      } catch (IllegalArgumentException e) {
        throw new BrokenPathException("a revocation list in it cannot be read", e);
      }
      at = end + END.length();
    }
  }
}
