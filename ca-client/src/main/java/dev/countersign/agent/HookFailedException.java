package dev.countersign.agent;

/** A hook did not do what it is for; the message says what happened, as a sentence. */
final class HookFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  HookFailedException(String message) {
    super(message);
  }

  HookFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
