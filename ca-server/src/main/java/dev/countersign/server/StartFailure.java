package dev.countersign.server;

/** Why a command cannot do its work: one sentence with the next step, and an exit code. */
final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  StartFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  StartFailure(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
