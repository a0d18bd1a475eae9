package dev.countersign.server.issuance;

import java.util.Locale;

/** The state of a certificate; {@code EXPIRED} is computed, never stored. */
public enum CertificateStatus {
  ACTIVE,
  HELD,
  REVOKED,
  EXPIRED;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads a {@link #label()}. */
  public static CertificateStatus parse(String label) {
    for (CertificateStatus status : values()) {
      if (status.label().equals(label)) {
        return status;
      }
    }
    throw new IllegalArgumentException("a status is active, held, revoked or expired");
  }
}
