package dev.countersign.server.policy.rules;

import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Entitlement.Standing;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/** Who can sign OCSP answers can call every revoked certificate good: never by request. */
public final class OcspIsForTheServer implements Rule {

  @Override
  public void check(Claim claim) {
    if (claim.profile().name().equals(Profile.OCSP)
        && claim.entitlement().standing() != Standing.SELF) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "The profile ocsp is for the authority itself: choose another one.");
    }
  }
}
