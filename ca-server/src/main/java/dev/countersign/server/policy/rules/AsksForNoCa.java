package dev.countersign.server.policy.rules;

import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/** Nobody becomes a CA by asking. */
public final class AsksForNoCa implements Rule {

  @Override
  public void check(Claim claim) {
    if (claim.request().asksForCa()) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "The request asks for a CA certificate (basicConstraints CA:TRUE): leave that out.");
    }
  }
}
