package dev.countersign.pki;

/** A private key that is whole, but too weak or of a kind that Countersign does not use. */
public final class UnusableKeyException extends MalformedKeyException {
  private static final long serialVersionUID = 1L;

  public UnusableKeyException(String message) {
    super(message);
  }

  public UnusableKeyException(String message, Throwable cause) {
    super(message, cause);
  }
}
