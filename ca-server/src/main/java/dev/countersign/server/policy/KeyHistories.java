package dev.countersign.server.policy;

/** Looks up what became of a key before. */
@FunctionalInterface
public interface KeyHistories {

  /**
   * What is known of a key.
   *
   * @param keyHash SHA-256 of the SubjectPublicKeyInfo
   */
  KeyHistory of(byte[] keyHash);
}
