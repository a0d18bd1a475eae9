package dev.countersign.server.policy.rules;

import dev.countersign.pki.SubjectName;
import dev.countersign.server.authority.NameConstraints;
import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;
import java.util.Optional;

/** RFC 5280 4.2.1.10: what the issuing CA may not certify no client would take. */
public final class NamesAreWithinConstraints implements Rule {

  @Override
  public void check(Claim claim) {
    NameConstraints constraints = claim.surroundings().issuer().facts().constraints();
    if (constraints.isEmpty()) {
      return;
    }
    Optional<SubjectName> refused = constraints.firstRefused(claim.names());
    if (refused.isPresent()) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "The name "
              + refused.get()
              + " is outside what this CA may certify ("
              + constraints.describe()
              + ").");
    }
  }
}
