package dev.countersign.server.policy.rules;

import dev.countersign.pki.Names;
import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;

/** More names than a hundred make certificates that clients refuse for their size. */
public final class CarriesFewNames implements Rule {

  @Override
  public void check(Claim claim) {
    if (claim.names().list().size() > Names.MOST) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          claim.names().list().size()
              + " names are more than the "
              + Names.MOST
              + " that a certificate carries: ask for fewer.");
    }
  }
}
