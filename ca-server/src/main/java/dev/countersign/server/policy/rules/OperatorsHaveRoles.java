package dev.countersign.server.policy.rules;

import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Entitlement.Standing;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/** An operator's certificate without a role would only look like one. */
public final class OperatorsHaveRoles implements Rule {

  @Override
  public void check(Claim claim) {
    if (claim.profile().name().equals(Profile.OPERATOR)
        && claim.entitlement().standing() != Standing.OPERATOR) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "The profile operator is for identities with a role, and "
              + claim.entitlement().identity()
              + " has none: an admin can give it one, or choose another profile.");
    }
  }
}
