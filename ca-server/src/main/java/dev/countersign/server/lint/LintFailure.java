package dev.countersign.server.lint;

/**
 * A draft that must not be signed. Our own fault: what a caller can cause is refused by policy
 * before.
 */
public final class LintFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LintFailure(String message) {
    super(message);
  }

  public LintFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
