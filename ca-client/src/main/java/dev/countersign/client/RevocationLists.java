package dev.countersign.client;

import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Pem;
import dev.countersign.pki.RevocationReason;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CRLReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Certificate revocation lists (RFC 5280 5): for each CA at most one, complete, and signed by it. A
 * list is only ever replaced by a newer one.
 */
public final class RevocationLists {
  public static final RevocationLists NONE = new RevocationLists("", Map.of());

  private static final String BEGIN = "-----BEGIN X509 CRL-----"; // RFC 7468 6
  private static final String END = "-----END X509 CRL-----";
  private static final String CRL_NUMBER = "2.5.29.20"; // RFC 5280 5.2.3
  private static final String DELTA_CRL_INDICATOR = "2.5.29.27"; // RFC 5280 5.2.4
  private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28"; // RFC 5280 5.2.5

  private final String pem;
  private final Map<X500Principal, X509CRL> lists;

  private RevocationLists(String pem, Map<X500Principal, X509CRL> lists) {
    this.pem = pem;
    this.lists = lists;
  }

  /**
   * Each list must be signed by one of the issuers; which of them have one is the authority's
   * business.
   */
  static RevocationLists verified(String pem, List<Certificate> issuers)
      throws BrokenPathException {
    Map<X500Principal, X509CRL> lists = new LinkedHashMap<>();
    for (byte[] der : blocks(pem)) {
      X509CRL list = verified(der, issuers);
      lists.merge(list.getIssuerX500Principal(), list, RevocationLists::newer);
    }
    return new RevocationLists(pem, lists);
  }

  /**
   * Those that can be believed. One list says nothing against another: without this, the list of a
   * CA that is no longer in the chain would take the root's along, by which that CA is revoked.
   */
  static RevocationLists among(String pem, List<Certificate> issuers) throws BrokenPathException {
    Map<X500Principal, X509CRL> lists = new LinkedHashMap<>();
    boolean all = true;
    for (byte[] der : blocks(pem)) {
      try {
        X509CRL list = verified(der, issuers);
        lists.merge(list.getIssuerX500Principal(), list, RevocationLists::newer);
      } catch (BrokenPathException e) {
        all = false;
      }
    }
    return all ? new RevocationLists(pem, lists) : of(lists);
  }

  /**
   * The same.
   *
   * @throws IllegalArgumentException if it is no text of lists at all
   */
  public static RevocationLists believable(String pem, List<Certificate> issuers) {
    try {
      return among(pem, issuers);
    } catch (BrokenPathException e) {
      throw new IllegalArgumentException(e.reason(), e);
    }
  }

  private static X509CRL verified(byte[] der, List<Certificate> issuers)
      throws BrokenPathException {
    X509CRL list;
    try {
      list = parse(der);
    } catch (CRLException e) {
      throw new BrokenPathException("a revocation list in it is malformed", e);
    }
    if (issuers.stream().noneMatch(issuer -> signed(list, issuer))) {
      throw new BrokenPathException(
          "the revocation list of \""
              + list.getIssuerX500Principal()
              + "\" in it is not signed by the chain's CAs");
    }
    if (list.getExtensionValue(DELTA_CRL_INDICATOR) != null
        || list.getExtensionValue(ISSUING_DISTRIBUTION_POINT) != null) {
      // In place of a complete list, a part of it would take back what is revoked.
      throw new BrokenPathException(
          "the revocation list of \"" + list.getIssuerX500Principal() + "\" is only a part");
    }
    return list;
  }

  static X509CRL parse(byte[] der) throws CRLException {
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IllegalStateException(e); // every JDK has it
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
   * By number (RFC 5280 5.2.3), since the clocks of an authority's nodes differ; by time where one
   * has no number, or both have the same.
   */
  private static X509CRL newer(X509CRL present, X509CRL other) {
    int later =
        number(other)
            .flatMap(theirs -> number(present).map(theirs::compareTo))
            .filter(difference -> difference != 0)
            .orElseGet(() -> other.getThisUpdate().compareTo(present.getThisUpdate()));
    return later > 0 ? other : present;
  }

  static Optional<BigInteger> number(X509CRL list) {
    byte[] extension = list.getExtensionValue(CRL_NUMBER);
    try {
      return extension == null
          ? Optional.empty()
          : Optional.of(DerReader.of(DerReader.of(extension).octetString()).integer());
    } catch (MalformedDerException e) {
      return Optional.empty();
    }
  }

  /** As text for {@code crl.pem}: the very one these were read from, if they are. */
  String pem() {
    return pem;
  }

  /** These, with those of the others that are newer; these themselves if none is. */
  public RevocationLists with(RevocationLists others) {
    Map<X500Principal, X509CRL> merged = new LinkedHashMap<>(lists);
    others.lists.forEach((issuer, list) -> merged.merge(issuer, list, RevocationLists::newer));
    if (merged.equals(lists)) {
      return this;
    }
    if (merged.equals(others.lists)) {
      return others;
    }
    return of(merged);
  }

  /** Those that one of these CAs signed; these themselves if all are. */
  RevocationLists of(List<Certificate> issuers) {
    Map<X500Principal, X509CRL> kept = new LinkedHashMap<>(lists);
    kept.values().removeIf(list -> issuers.stream().noneMatch(issuer -> signed(list, issuer)));
    return kept.size() == lists.size() ? this : of(kept);
  }

  private static RevocationLists of(Map<X500Principal, X509CRL> lists) {
    StringBuilder text = new StringBuilder();
    for (X509CRL list : lists.values()) {
      try {
        text.append(Pem.encode("X509 CRL", list.getEncoded()));
      } catch (CRLException e) {
        throw new IllegalStateException(e); // it was just decoded
      }
    }
    return new RevocationLists(text.toString(), lists);
  }

  /** What they say about a certificate, and if nothing, about the CAs above it. */
  public Optional<Revoked> revoked(List<Certificate> chain) {
    for (int i = 0; i < chain.size(); i++) {
      Certificate certificate = chain.get(i);
      Optional<X509CRLEntry> entry =
          list(certificate)
              .map(list -> list.getRevokedCertificate(certificate.serial().toBigInteger()));
      if (entry.isPresent() && reason(entry.get()) != RevocationReason.REMOVE_FROM_CRL) {
        return Optional.of(
            new Revoked(
                entry.get().getRevocationDate().toInstant(),
                reason(entry.get()),
                i == 0 ? Optional.empty() : Optional.of(certificate.subject())));
      }
    }
    return Optional.empty();
  }

  /** When the list of its issuer was made, if it is here. */
  public Optional<Instant> asOf(Certificate certificate) {
    return list(certificate).map(list -> list.getThisUpdate().toInstant());
  }

  /** By when there will be a newer list, if the one of its issuer is here and says so. */
  public Optional<Instant> nextUpdate(Certificate certificate) {
    return list(certificate).map(X509CRL::getNextUpdate).map(java.util.Date::toInstant);
  }

  private Optional<X509CRL> list(Certificate certificate) {
    return Optional.ofNullable(lists.get(certificate.x509().getIssuerX500Principal()));
  }

  private static RevocationReason reason(X509CRLEntry entry) {
    CRLReason reason = entry.getRevocationReason();
    try {
      // RFC 5280 5.3.1: the codes are the numbers of this enumeration.
      return reason == null
          ? RevocationReason.UNSPECIFIED
          : RevocationReason.ofCode(reason.ordinal());
    } catch (IllegalArgumentException e) {
      return RevocationReason.UNSPECIFIED; // the reason of an attribute certificate
    }
  }

  /**
   * Not with {@code Pem}, whose limit is meant for what people paste: a list of 100,000 entries is
   * 5 MB of text.
   */
  private static List<byte[]> blocks(String pem) throws BrokenPathException {
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
