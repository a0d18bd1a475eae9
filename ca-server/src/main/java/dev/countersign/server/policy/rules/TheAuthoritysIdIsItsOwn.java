package dev.countersign.server.policy.rules;

import dev.countersign.pki.NameKind;
import dev.countersign.pki.SpiffeId;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Entitlement.Standing;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/**
 * Clients know the authority by its SPIFFE ID: nobody else is certified under it, not even if an
 * operator gave the name to an identity. In any trust domain, because at the first meeting a client
 * does not know which is this authority's.
 */
public final class TheAuthoritysIdIsItsOwn implements Rule {

  @Override
  public void check(Claim claim) {
    if (claim.entitlement().standing() == Standing.SELF) {
      return;
    }
    for (SubjectName name : claim.names().list()) {
      if (name.kind() == NameKind.URI
          && SpiffeId.parse(name.value()).filter(SpiffeId::isAuthority).isPresent()) {
        throw new Refusal(
            Refusal.Kind.NOT_ALLOWED,
            "The name "
                + name
                + " is the authority's own, which clients know it by: take it from the identity "
                + claim.entitlement().identity()
                + ".");
      }
    }
  }
}
