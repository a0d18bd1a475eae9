package dev.countersign.client;

/** No connection came about, so that nothing was asked. */
public final class NotConnectedException extends UnusableAnswerException {
  private static final long serialVersionUID = 1L;

  NotConnectedException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  boolean isOutcomeUnknown() {
    return false;
  }
}
