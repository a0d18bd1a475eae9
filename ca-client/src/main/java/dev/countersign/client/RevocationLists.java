package dev.countersign.client;

import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pem;
import dev.countersign.pki.PemBlock;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;

/** Reads certificate revocation lists (RFC 5280 5) and checks whose they are. */
final class RevocationLists {
  private RevocationLists() {}

  static X509CRL parse(byte[] der) throws CRLException {
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** Each list must be signed by one of the issuers; which of them have one is the authority's business. */
  static void verify(String pem, List<Certificate> issuers) throws BrokenPathException {
    for (PemBlock block : blocks(pem)) {
      X509CRL crl;
      try {
        crl = parse(block.content());
      } catch (CRLException e) {
        throw new BrokenPathException("a revocation list in it is malformed", e);
      }
      if (issuers.stream().noneMatch(issuer -> signed(crl, issuer))) {
        throw new BrokenPathException(
            "the revocation list of \"" + crl.getIssuerX500Principal() + "\" in it is not signed by the chain's CAs");
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

  private static List<PemBlock> blocks(String pem) throws BrokenPathException {
    try {
      List<PemBlock> lists = new ArrayList<>();
      for (PemBlock block : Pem.decode(pem)) {
        if (!block.label().equals("X509 CRL")) { // RFC 7468 6
          throw new BrokenPathException("there is a " + block.label() + " among its revocation lists");
        }
        lists.add(block);
      }
      return lists;
    } catch (IllegalArgumentException e) {
      throw new BrokenPathException("its revocation lists cannot be read", e);
    }
  }
}
