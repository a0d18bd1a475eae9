package dev.countersign.pki;

/** Bytes or text that is not an X.509 certificate. */
public final class MalformedCertificateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public MalformedCertificateException(String message) {
    super(message);
  }

  public MalformedCertificateException(String message, Throwable cause) {
    super(message, cause);
  }
}
