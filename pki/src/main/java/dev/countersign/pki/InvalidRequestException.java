package dev.countersign.pki;

import java.util.Objects;

/**
 * A certificate request, a key or a name that is refused as it stands; the message may be shown.
 */
public final class InvalidRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong, coarsely. */
  public enum Fault {
    /** Not the strict DER of what it should be. */
    MALFORMED,
    /** The signature does not show that the sender holds the key. */
    BAD_POSSESSION,
    /** A key that nobody should certify. */
    BAD_PUBLIC_KEY,
    /** A name that cannot stand in a certificate. */
    BAD_NAME
  }

  private final Fault fault;
  private final String detail;

  public InvalidRequestException(Fault fault, String detail) {
    super(detail);
    this.fault = fault;
    this.detail = detail;
  }

  InvalidRequestException(MalformedDerException cause) {
    super(
        "this is not the whole of a PKCS #10 request, in PEM or as DER in base64: "
            + cause.getMessage(),
        cause);
    this.fault = Fault.MALFORMED;
    this.detail = Objects.requireNonNull(getMessage());
  }

  public Fault fault() {
    return fault;
  }

  /** The message, which is never null. */
  public String detail() {
    return detail;
  }
}
