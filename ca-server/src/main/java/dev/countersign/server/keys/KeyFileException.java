package dev.countersign.server.keys;

/** A secret on disk that cannot or must not be used; the message says what to do next. */
public final class KeyFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public KeyFileException(String message) {
    super(message);
  }

  public KeyFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
