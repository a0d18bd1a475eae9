package dev.countersign.server.enrollment;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * That an identity may get a first certificate.
 *
 * @param publicKey Ed25519, 32 raw octets
 * @param expiresAt from then on it is refused
 * @param uses how many keys can be certified by it
 * @param state as it was when it was read
 * @param cancelledAt by an operator, or with its identity
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a key's octets are its own business
public record Enrollment(
    String id,
    String identity,
    String profile,
    byte[] publicKey,
    Instant createdAt,
    Instant expiresAt,
    int uses,
    int usesLeft,
    State state,
    Optional<Instant> cancelledAt,
    String createdBy) {

  /** {@code EXPIRED} is computed, never stored. */
  public enum State {
    OPEN,
    USED,
    EXPIRED,
    CANCELLED;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a {@link #label()}. */
    public static State parse(String label) {
      for (State state : values()) {
        if (state.label().equals(label)) {
          return state;
        }
      }
      throw new IllegalArgumentException(
          "the state of an enrolment is open, used, expired or cancelled");
    }
  }
}
