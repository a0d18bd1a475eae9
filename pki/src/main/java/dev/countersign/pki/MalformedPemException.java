package dev.countersign.pki;

/** Text that is not the PEM expected. */
public final class MalformedPemException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public MalformedPemException(String message) {
    super(message);
  }

  public MalformedPemException(String message, Throwable cause) {
    super(message, cause);
  }
}
