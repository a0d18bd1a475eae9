package dev.countersign.client;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.MalformedCertificateException;
import dev.countersign.pki.Pin;
import dev.countersign.pki.SerialNumber;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A certificate of whoever's making, in words. Read by the JDK: strangers' certificates need not be
 * as strict as ours.
 */
final class CertificateFacts {
  private static final List<String> KEY_USAGES =
      List.of(
          "digitalSignature",
          "nonRepudiation",
          "keyEncipherment",
          "dataEncipherment",
          "keyAgreement",
          "keyCertSign",
          "cRLSign",
          "encipherOnly",
          "decipherOnly"); // RFC 5280 4.2.1.3, by bit

  private static final Map<String, String> EXTENDED_USAGES =
      Map.of(
          "1.3.6.1.5.5.7.3.1", "serverAuth",
          "1.3.6.1.5.5.7.3.2", "clientAuth",
          "1.3.6.1.5.5.7.3.3", "codeSigning",
          "1.3.6.1.5.5.7.3.4", "emailProtection",
          "1.3.6.1.5.5.7.3.8", "timeStamping",
          "1.3.6.1.5.5.7.3.9", "OCSPSigning",
          "2.5.29.37.0", "anyExtendedKeyUsage"); // RFC 5280 4.2.1.12

  // RFC 5280 4.2.1.6, by tag
  private static final List<String> NAME_KINDS =
      List.of(
          "other", "email", "dns", "x400", "directory", "ediParty", "uri", "ip", "registeredId");

  private final Instant now;
  private final RevocationLists lists;

  /** Certificates are looked up in these lists. */
  CertificateFacts(Instant now, RevocationLists lists) {
    this.now = now;
    this.lists = lists;
  }

  Finding of(X509Certificate certificate) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("subject", certificate.getSubjectX500Principal().getName());
    facts.put("issuer", certificate.getIssuerX500Principal().getName());
    facts.put("serial", serial(certificate));
    facts.put("notBefore", certificate.getNotBefore().toInstant());
    facts.put("notAfter", certificate.getNotAfter().toInstant());
    Optional<Revoked> revoked = revoked(certificate);
    facts.put("state", revoked.map(Revoked::state).orElseGet(() -> state(certificate, now)));
    revoked.ifPresent(
        r -> {
          facts.put("revokedAt", r.since());
          facts.put("reason", r.reason().label());
        });
    facts.put("names", names(certificate));
    facts.put("isCa", certificate.getBasicConstraints() >= 0);
    facts.put("keyUsage", keyUsage(certificate));
    facts.put("extendedKeyUsage", extendedKeyUsage(certificate));
    facts.put("keyAlgorithm", keyAlgorithm(certificate.getPublicKey()));
    facts.put("signatureAlgorithm", certificate.getSigAlgName());
    facts.put("pin", Pin.of(certificate.getPublicKey().getEncoded()).toString());
    facts.put("fingerprint", fingerprint(certificate));
    return new Finding("certificate", facts);
  }

  private Optional<Revoked> revoked(X509Certificate certificate) {
    try {
      return lists.revoked(List.of(Certificate.of(certificate)));
    } catch (MalformedCertificateException e) {
      return Optional.empty(); // none of ours
    }
  }

  private static String serial(X509Certificate certificate) {
    try {
      return SerialNumber.of(certificate.getSerialNumber()).toString();
    } catch (IllegalArgumentException e) {
      return certificate.getSerialNumber().toString(16); // negative, or longer than RFC 5280 allows
    }
  }

  private static String state(X509Certificate certificate, Instant now) {
    if (now.isAfter(certificate.getNotAfter().toInstant())) {
      return "expired";
    }
    return now.isBefore(certificate.getNotBefore().toInstant()) ? "not-yet-valid" : "valid";
  }

  private static Map<String, List<String>> names(X509Certificate certificate) {
    Map<String, List<String>> names = new LinkedHashMap<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          int tag = (Integer) name.get(0);
          String kind = tag < NAME_KINDS.size() ? NAME_KINDS.get(tag) : "other";
          Object value = name.get(1);
          names
              .computeIfAbsent(kind, k -> new ArrayList<>())
              .add(
                  value instanceof byte[] bytes
                      ? HexFormat.of().formatHex(bytes)
                      : Printable.line(value.toString()));
        }
      }
    } catch (CertificateParsingException e) {
      names.put("malformed", List.of(Printable.line(String.valueOf(e.getMessage()))));
    }
    return names;
  }

  private static List<String> keyUsage(X509Certificate certificate) {
    boolean[] bits = certificate.getKeyUsage();
    List<String> usages = new ArrayList<>();
    for (int i = 0; bits != null && i < bits.length && i < KEY_USAGES.size(); i++) {
      if (bits[i]) {
        usages.add(KEY_USAGES.get(i));
      }
    }
    return usages;
  }

  private static List<String> extendedKeyUsage(X509Certificate certificate) {
    try {
      List<String> oids = certificate.getExtendedKeyUsage();
      return oids == null
          ? List.of()
          : oids.stream().map(oid -> EXTENDED_USAGES.getOrDefault(oid, oid)).toList();
    } catch (CertificateParsingException e) {
      return List.of("malformed");
    }
  }

  static String keyAlgorithm(PublicKey key) {
    try {
      return KeyAlgorithm.ofKey(key).label();
    } catch (IllegalArgumentException e) {
      if (key instanceof RSAPublicKey rsa) {
        return "RSA-" + rsa.getModulus().bitLength();
      }
      return key instanceof ECPublicKey ec
          ? "EC " + ec.getParams().getCurve().getField().getFieldSize() + " bits"
          : key.getAlgorithm();
    }
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return "sha256:"
          + HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException(e); // it was just decoded
    }
  }
}
