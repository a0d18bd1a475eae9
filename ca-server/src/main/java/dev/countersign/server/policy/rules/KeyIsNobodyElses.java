package dev.countersign.server.policy.rules;

import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/**
 * A key that two identities have makes each able to pass as the other. The other is not named: who
 * asks need not know.
 */
public final class KeyIsNobodyElses implements Rule {

  @Override
  public void check(Claim claim) {
    String own = claim.entitlement().identity();
    if (claim.surroundings().key().identity().filter(holder -> !holder.equals(own)).isPresent()) {
      throw new Refusal(
          Refusal.Kind.BAD_PUBLIC_KEY,
          "This key was certified for another identity: make a new key for each identity.");
    }
  }
}
