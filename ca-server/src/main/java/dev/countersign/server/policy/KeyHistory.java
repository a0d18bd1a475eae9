package dev.countersign.server.policy;

import java.util.Optional;

/**
 * What is known of a key from earlier certificates.
 *
 * @param identity the only one that it was ever certified for
 * @param denied whether it was reported as compromised
 */
public record KeyHistory(Optional<String> identity, boolean denied) {
  public static final KeyHistory NEW = new KeyHistory(Optional.empty(), false);

  public static KeyHistory of(String identity, boolean denied) {
    return new KeyHistory(Optional.of(identity), denied);
  }
}
