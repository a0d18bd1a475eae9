package dev.countersign.server;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pem;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.authority.TrustBundleJson;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.crl.PublishedCrl;
import dev.countersign.server.issuance.IssuedJson;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Trust bundle and revocation lists as they go with every certificate, kept as text. A list of a
 * million entries would be 60 MB of each answer: of large ones the address goes.
 */
final class AnswerCompanions implements IssuedJson.Companions {
  private record Text(PublishedCrl crl, String pem) {}

  private final Hierarchy hierarchy;
  private final CrlPublisher crls;
  private final PublicationUrls urls;
  private final int largest;
  private final TrustBundleJson trust;
  private final ConcurrentMap<String, Text> texts = new ConcurrentHashMap<>();

  AnswerCompanions(Hierarchy hierarchy, CrlPublisher crls, PublicationUrls urls, int largest) {
    this.hierarchy = hierarchy;
    this.crls = crls;
    this.urls = urls;
    this.largest = largest;
    this.trust = TrustBundleJson.of(hierarchy);
  }

  @Override
  public TrustBundleJson trust() {
    return trust;
  }

  @Override
  public IssuedJson.DenialsJson denials(List<Certificate> issuers) {
    long number = 0;
    StringBuilder pem = new StringBuilder();
    List<String> elsewhere = new ArrayList<>();
    for (Authority authority : chain(issuers)) {
      Optional<PublishedCrl> crl = crls.current(authority.name());
      if (crl.isPresent() && crl.get().length() > largest) {
        elsewhere.add(urls.crl(authority.name()));
        texts.remove(authority.name());
      } else if (crl.isPresent()) {
        number = Math.max(number, crl.get().revocations());
        pem.append(text(authority.name(), crl.get()));
      }
    }
    return new IssuedJson.DenialsJson(number, pem.toString(), elsewhere);
  }

  /** Each CA of the chain, the root too: its list says that the issuing CA is good. */
  private Set<Authority> chain(List<Certificate> issuers) {
    Set<Authority> chain = new LinkedHashSet<>();
    for (Certificate issuer : issuers) {
      hierarchy.all().stream()
          .filter(authority -> authority.certificate().equals(issuer))
          .forEach(chain::add);
      hierarchy.roots().stream()
          .filter(root -> root.certificate().subject().equals(issuer.issuer()))
          .forEach(chain::add);
    }
    return chain;
  }

  @SuppressWarnings("ReferenceEquality") // the publisher hands out one object for each list
  private String text(String issuer, PublishedCrl crl) {
    Text known = texts.get(issuer);
    if (known != null && known.crl() == crl) {
      return known.pem();
    }
    String pem = Pem.encode("X509 CRL", crl.der());
    texts.put(issuer, new Text(crl, pem));
    return pem;
  }
}
