package dev.countersign.server.policy.rules;

import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;
import java.time.Duration;

/** No longer than the profile's longest, and long enough to be of use. */
public final class LifetimeIsAllowed implements Rule {

  private static final Duration SHORTEST = Duration.ofSeconds(60); // less than the back-dating

  @Override
  public void check(Claim claim) {
    Duration longest = claim.profile().maximumLifetime();
    if (claim.lifetime().compareTo(longest) > 0) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "The lifetime "
              + claim.lifetime()
              + " is longer than the longest of the profile "
              + claim.profile().name()
              + ", "
              + longest
              + ".");
    }
    if (claim.lifetime().compareTo(SHORTEST) < 0) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "The lifetime " + claim.lifetime() + " is shorter than " + SHORTEST + ".");
    }
  }
}
