package dev.countersign.pki;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Why a certificate is no longer good (RFC 5280 5.3.1; the code 7 is not used there). */
public enum RevocationReason {
  UNSPECIFIED("unspecified", 0),
  KEY_COMPROMISE("keyCompromise", 1),
  CA_COMPROMISE("cACompromise", 2),
  AFFILIATION_CHANGED("affiliationChanged", 3),
  SUPERSEDED("superseded", 4),
  CESSATION_OF_OPERATION("cessationOfOperation", 5),
  CERTIFICATE_HOLD("certificateHold", 6),
  REMOVE_FROM_CRL("removeFromCRL", 8),
  PRIVILEGE_WITHDRAWN("privilegeWithdrawn", 9);

  private static final RevocationReason[] ALL = values();

  private final String label;
  private final int code;

  RevocationReason(String label, int code) {
    this.label = label;
    this.code = code;
  }

  /** The name in RFC 5280. */
  @JsonValue
  public String label() {
    return label;
  }

  /** The value of CRLReason. */
  public int code() {
    return code;
  }

  /** Reads a {@link #label()}, in any case. */
  @JsonCreator
  public static RevocationReason parse(String text) {
    for (RevocationReason reason : ALL) {
      if (reason.label.equals(text)) { // as it is on record, a million times at the start
        return reason;
      }
    }
    for (RevocationReason reason : ALL) {
      if (reason.label.equalsIgnoreCase(text.strip())) {
        return reason;
      }
    }
    throw new IllegalArgumentException(
        "unknown revocation reason '"
            + SafeText.of(text)
            + "': choose one of "
            + Arrays.stream(ALL).map(RevocationReason::label).collect(Collectors.joining(", ")));
  }

  /** The reason with this value of CRLReason. */
  public static RevocationReason ofCode(int code) {
    for (RevocationReason reason : ALL) {
      if (reason.code == code) {
        return reason;
      }
    }
    throw new IllegalArgumentException("no revocation reason has the code " + code);
  }
}
