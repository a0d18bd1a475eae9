package dev.countersign.server.policy.rules;

import dev.countersign.pki.SubjectName;
import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/**
 * A certificate carries its identity's names, spelled as they are there: a wildcard only if the
 * identity has that very wildcard.
 */
public final class NamesAreIdentitys implements Rule {

  @Override
  public void check(Claim claim) {
    for (SubjectName name : claim.names().list()) {
      if (!claim.adds(name) && !claim.entitlement().names().contains(name)) {
        throw new Refusal(
            Refusal.Kind.NOT_ALLOWED,
            "The name "
                + name
                + " is not one of the identity "
                + claim.entitlement().identity()
                + ": ask for its own names, or have an operator add this one.");
      }
    }
  }
}
