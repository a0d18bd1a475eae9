package dev.countersign.server.policy.rules;

import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/** The profile says of which algorithms and sizes a key may be. */
public final class KeyAlgorithmIsInProfile implements Rule {

  @Override
  public void check(Claim claim) {
    String algorithm = claim.request().key().algorithm();
    if (!claim.profile().keyAlgorithms().contains(algorithm)) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "The profile "
              + claim.profile().name()
              + " does not allow "
              + algorithm
              + " keys: choose from "
              + String.join(", ", claim.profile().keyAlgorithms())
              + ".");
    }
  }
}
