package dev.countersign.server.renewal;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * That what was issued before is to be renewed early.
 *
 * @param name a serial, an identity, or an issuing CA
 * @param within by when all of it is to be renewed, and over which it is spread
 */
public record RenewalCall(Kind kind, String name, Instant calledAt, Duration within) {

  /** Which certificates. */
  public enum Kind {
    CERTIFICATE,
    IDENTITY,
    ISSUER;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
