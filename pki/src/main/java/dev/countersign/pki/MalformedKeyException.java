package dev.countersign.pki;

/** Bytes or text that is not a private key that Countersign reads. */
public class MalformedKeyException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public MalformedKeyException(String message) {
    super(message);
  }

  public MalformedKeyException(String message, Throwable cause) {
    super(message, cause);
  }
}
