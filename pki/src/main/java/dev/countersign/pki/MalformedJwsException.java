package dev.countersign.pki;

/** A JSON Web Signature that is not well formed, or not of the kind read here. */
public final class MalformedJwsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public MalformedJwsException(String message) {
    super(message);
  }

  public MalformedJwsException(String message, Throwable cause) {
    super(message, cause);
  }
}
