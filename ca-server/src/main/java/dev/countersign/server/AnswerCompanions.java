package dev.countersign.server;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pem;
import dev.countersign.pki.PreparedJson;
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
import org.jspecify.annotations.Nullable;

/**
 * Chain, trust bundle and revocation lists as they go with every certificate, kept as text until
 * there is a newer list. A list of a million entries would be 60 MB of each answer: of large ones
 * the address goes.
 */
final class AnswerCompanions implements IssuedJson.Companions {

  /** The last answer, and what it was made of. */
  private record Made(
      List<Certificate> issuers,
      List<Authority> chain,
      List<Optional<PublishedCrl>> lists,
      IssuedJson.Companion companion) {}

  private final Hierarchy hierarchy;
  private final CrlPublisher crls;
  private final PublicationUrls urls;
  private final int largest;
  private final PreparedJson trust;
  private volatile @Nullable Made made;

  AnswerCompanions(Hierarchy hierarchy, CrlPublisher crls, PublicationUrls urls, int largest) {
    this.hierarchy = hierarchy;
    this.crls = crls;
    this.urls = urls;
    this.largest = largest;
    this.trust = PreparedJson.of(TrustBundleJson.of(hierarchy));
  }

  @Override
  public IssuedJson.Companion of(List<Certificate> issuers) {
    Made last = made;
    if (last != null && last.issuers().equals(issuers) && isNewest(last)) {
      return last.companion();
    }
    List<Authority> chain = List.copyOf(chain(issuers));
    List<Optional<PublishedCrl>> lists =
        chain.stream().map(authority -> crls.current(authority.name())).toList();
    IssuedJson.Companion companion =
        new IssuedJson.Companion(
            PreparedJson.of(Certificate.toPem(issuers)),
            trust,
            PreparedJson.of(denials(chain, lists)));
    made = new Made(issuers, chain, lists, companion);
    return companion;
  }

  @SuppressWarnings("ReferenceEquality") // the publisher hands out one object for each list
  private boolean isNewest(Made last) {
    for (int i = 0; i < last.chain().size(); i++) {
      Optional<PublishedCrl> now = crls.current(last.chain().get(i).name());
      if (now.orElse(null) != last.lists().get(i).orElse(null)) {
        return false;
      }
    }
    return true;
  }

  private IssuedJson.DenialsJson denials(
      List<Authority> chain, List<Optional<PublishedCrl>> lists) {
    long number = 0;
    StringBuilder pem = new StringBuilder();
    List<String> elsewhere = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      Optional<PublishedCrl> crl = lists.get(i);
      if (crl.isPresent() && crl.get().length() > largest) {
        elsewhere.add(urls.crl(chain.get(i).name()));
      } else if (crl.isPresent()) {
        number = Math.max(number, crl.get().revocations());
        pem.append(Pem.encode("X509 CRL", crl.get().der()));
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
}
