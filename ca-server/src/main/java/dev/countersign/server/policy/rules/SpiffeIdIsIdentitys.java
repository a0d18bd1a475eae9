package dev.countersign.server.policy.rules;

import dev.countersign.pki.SubjectName;
import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/**
 * A SPIFFE ID of this trust domain says which identity its holder is: no certificate says that it
 * is another, whatever names an operator gave to its identity.
 */
public final class SpiffeIdIsIdentitys implements Rule {

  @Override
  public void check(Claim claim) {
    for (SubjectName name : claim.names().list()) {
      if (claim.holder().isContradictedBy(name)) {
        throw new Refusal(
            Refusal.Kind.NOT_ALLOWED,
            "The name "
                + name
                + " says that its holder is not "
                + claim.holder()
                + ", which the certificate is for: take it from the identity "
                + claim.entitlement().identity()
                + ".");
      }
    }
  }
}
