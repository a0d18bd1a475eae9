package dev.countersign.client;

/**
 * There was no answer, or none that an authority gives: another endpoint, or the same one later,
 * may do.
 */
public class UnusableAnswerException extends ClientException {
  private static final long serialVersionUID = 1L;

  UnusableAnswerException(String message) {
    super(Kind.UNREACHABLE, message);
  }

  UnusableAnswerException(String message, Throwable cause) {
    super(Kind.UNREACHABLE, message, cause);
  }

  @Override
  boolean isOutcomeUnknown() {
    return true;
  }
}
