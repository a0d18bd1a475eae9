package dev.countersign.server.policy.rules;

import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/** Whoever stole a key holds it still. */
public final class KeyIsNotDenied implements Rule {

  @Override
  public void check(Claim claim) {
    if (claim.surroundings().key().denied()) {
      throw new Refusal(
          Refusal.Kind.BAD_PUBLIC_KEY,
          "A certificate with this key was revoked because the key is known to others: make a new key.");
    }
  }
}
