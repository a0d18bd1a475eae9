package dev.countersign.client;

/**
 * Something the caller can act on went wrong. The message is a whole sentence or two that says what
 * happened, to what, and what to do next; it never contains a secret, and is safe to print,
 * whoever's names are in it.
 */
public class ClientException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of thing went wrong, which is also what a script has to tell apart. */
  public enum Kind {
    /** The authority understood and said no. */
    REFUSED,
    /** The server is not the one that was expected, or its answer does not hold. */
    WRONG_SERVER,
    /** The enrolment string or the credential is past its time. */
    EXPIRED,
    /** No usable answer from the authority. */
    UNREACHABLE,
    /** The authority cannot answer just now. */
    UNAVAILABLE,
    /** Files or folders on this machine. */
    LOCAL_FILES
  }

  private final Kind kind;

  public ClientException(Kind kind, String message) {
    super(Printable.message(message));
    this.kind = kind;
  }

  public ClientException(Kind kind, String message, Throwable cause) {
    super(Printable.message(message), cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether what was asked for may have been done all the same. */
  boolean isOutcomeUnknown() {
    return false;
  }
}
