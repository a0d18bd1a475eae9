package dev.countersign.pki;

/**
 * Text that is not a whole enrolment string; the message says what happened to it and what to do.
 */
public final class InvalidEnrollmentStringException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What happened to the string. */
  public enum Reason {
    NOT_OURS,
    CUT_OFF,
    MISTYPED,
    NEWER_VERSION
  }

  private final Reason reason;

  public InvalidEnrollmentStringException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
