package dev.countersign.client;

import java.security.cert.CRLException;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A certificate revocation list in words. */
final class CrlFacts {
  private CrlFacts() {}

  static Finding of(byte[] der, Instant now) throws CRLException {
    X509CRL crl = RevocationLists.parse(der);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("issuer", crl.getIssuerX500Principal().getName());
    RevocationLists.number(crl).ifPresent(number -> facts.put("number", number.toString()));
    facts.put("thisUpdate", crl.getThisUpdate().toInstant());
    if (crl.getNextUpdate() != null) {
      Instant next = crl.getNextUpdate().toInstant();
      facts.put("nextUpdate", next);
      facts.put("state", now.isAfter(next) ? "expired" : "valid");
    }
    facts.put("signatureAlgorithm", crl.getSigAlgName());
    Set<? extends X509CRLEntry> entries = crl.getRevokedCertificates();
    facts.put("revoked", entries == null ? List.of() : entries(entries));
    return new Finding("crl", facts);
  }

  private static List<Map<String, Object>> entries(Set<? extends X509CRLEntry> entries) {
    List<Map<String, Object>> list = new ArrayList<>();
    entries.stream()
        .sorted(Comparator.comparing(X509CRLEntry::getRevocationDate))
        .forEach(
            entry -> {
              Map<String, Object> facts = new LinkedHashMap<>();
              facts.put(
                  "serial", String.format(java.util.Locale.ROOT, "%040x", entry.getSerialNumber()));
              facts.put("revokedAt", entry.getRevocationDate().toInstant());
              CRLReason reason = entry.getRevocationReason();
              if (reason != null) {
                facts.put("reason", reason(reason));
              }
              list.add(facts);
            });
    return list;
  }

  /** As RFC 5280 5.3.1 spells it. */
  private static String reason(CRLReason reason) {
    return switch (reason) {
      case KEY_COMPROMISE -> "keyCompromise";
      case CA_COMPROMISE -> "cACompromise";
      case AFFILIATION_CHANGED -> "affiliationChanged";
      case SUPERSEDED -> "superseded";
      case CESSATION_OF_OPERATION -> "cessationOfOperation";
      case CERTIFICATE_HOLD -> "certificateHold";
      case REMOVE_FROM_CRL -> "removeFromCRL";
      case PRIVILEGE_WITHDRAWN -> "privilegeWithdrawn";
      case AA_COMPROMISE -> "aACompromise";
      default -> "unspecified";
    };
  }
}
