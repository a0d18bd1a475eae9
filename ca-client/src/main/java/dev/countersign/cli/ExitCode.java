package dev.countersign.cli;

import dev.countersign.client.ClientException;

/** The one table of exit codes; {@code docs/cli.md} has it too. */
enum ExitCode {
  DONE(0, "done"),
  INTERNAL(1, "internal"),
  USAGE(2, "usage"),
  REFUSED(3, "refused"),
  WRONG_SERVER(4, "wrong-server"),
  EXPIRED(5, "expired"),
  UNREACHABLE(6, "unreachable"),
  /** To a script the same as not to be reached: try again later. */
  UNAVAILABLE(6, "unavailable"),
  LOCAL_FILES(7, "local-files"),
  /** Not 8, which the server's program has for damage in its database. */
  NOT_LOADED(9, "not-loaded"),
  /** The doctor found something. */
  ILL(10, "ill"),
  /** It was done, and not all of those whom it protects know of it. */
  NOT_HEARD(11, "not-heard");

  private final int code;
  private final String label;

  ExitCode(int code, String label) {
    this.code = code;
    this.label = label;
  }

  int code() {
    return code;
  }

  /** The {@code kind} of an error in JSON. */
  String label() {
    return label;
  }

  static ExitCode of(ClientException.Kind kind) {
    return switch (kind) {
      case REFUSED -> REFUSED;
      case WRONG_SERVER -> WRONG_SERVER;
      case EXPIRED -> EXPIRED;
      case UNREACHABLE -> UNREACHABLE;
      case UNAVAILABLE -> UNAVAILABLE;
      case LOCAL_FILES -> LOCAL_FILES;
    };
  }
}
