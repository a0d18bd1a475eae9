package dev.countersign.server.policy;

import dev.countersign.pki.Names;
import java.time.Duration;
import java.util.Optional;

/**
 * What an identity may have at most, and what is asked for in its name.
 *
 * @param names the most that a certificate of the identity may carry
 * @param profile asked for
 * @param wantedNames asked for beside the certification request
 * @param wantedLifetime asked for in place of the profile's
 */
public record Entitlement(
    String identity,
    Names names,
    Standing standing,
    String profile,
    Optional<Names> wantedNames,
    Optional<Duration> wantedLifetime) {

  /** What decides about the profiles that are not for everyone. */
  public enum Standing {
    /** A service or a person without a role. */
    PLAIN,
    /** With a role. */
    OPERATOR,
    /** The server itself, asking from inside. */
    SELF
  }
}
