package dev.countersign.server.policy;

import java.util.Set;

/**
 * What is known of a key from earlier certificates.
 *
 * @param compromised whether one of them was revoked for keyCompromise
 * @param identities whom they were for
 */
public record KeyHistory(boolean compromised, Set<String> identities) {
  public static final KeyHistory NEW = new KeyHistory(false, Set.of());

  public KeyHistory {
    identities = Set.copyOf(identities);
  }
}
