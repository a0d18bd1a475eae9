package dev.countersign.server.identity;

import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SpiffeId;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A service or a person.
 *
 * @param profile the one its certificates have if no other is asked for
 * @param names the most that a certificate of it may carry
 * @param version raised by each change: what was decided on an older one is decided anew
 */
public record Identity(
    String name,
    String profile,
    Optional<Role> role,
    Optional<String> owner,
    Names names,
    State state,
    Instant createdAt,
    Optional<Instant> revokedAt,
    Optional<RevocationReason> revocationReason,
    long version) {

  /** The authority itself: its listener, its OCSP responder. */
  public static final String RESERVED = SpiffeId.AUTHORITY;

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

  /** Whether it may hold certificates. */
  public enum State {
    ACTIVE,
    REVOKED;

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
      throw new IllegalArgumentException("the state of an identity is active or revoked");
    }
  }

  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  public boolean isActive() {
    return state == State.ACTIVE;
  }
}
