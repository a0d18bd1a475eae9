package dev.countersign.db;

import org.jspecify.annotations.Nullable;

/** The database cannot be used; the message is one sentence for an operator, with the next step. */
public class DatabaseException extends RuntimeException {

  private static final long serialVersionUID = 1;

  DatabaseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The settings cannot be meant. */
  public static final class BadSettings extends DatabaseException {
    private static final long serialVersionUID = 1;

    BadSettings(String message) {
      super(message, null);
    }
  }

  /** There is none. */
  public static final class Absent extends DatabaseException {
    private static final long serialVersionUID = 1;

    Absent(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** There is one already; creating would overwrite it. */
  public static final class AlreadyExists extends DatabaseException {
    private static final long serialVersionUID = 1;

    AlreadyExists(String message) {
      super(message, null);
    }
  }

  /** There is one, of something else. */
  public static final class Foreign extends DatabaseException {
    private static final long serialVersionUID = 1;

    Foreign(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** It is damaged. */
  public static final class Corrupt extends DatabaseException {
    private static final long serialVersionUID = 1;

    Corrupt(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** It is older than what was confirmed. */
  public static final class Behind extends DatabaseException {
    private static final long serialVersionUID = 1;

    Behind(String message) {
      super(message, null);
    }
  }

  /** It is not known whether it is older than what was confirmed. */
  public static final class Unproven extends DatabaseException {
    private static final long serialVersionUID = 1;

    Unproven(String message) {
      super(message, null);
    }
  }

  /** Another process has it open. */
  public static final class InUse extends DatabaseException {
    private static final long serialVersionUID = 1;

    InUse(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** User or password is not right. */
  public static final class WrongPassword extends DatabaseException {
    private static final long serialVersionUID = 1;

    WrongPassword(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The operating system does not let this user at the file. */
  public static final class NotPermitted extends DatabaseException {
    private static final long serialVersionUID = 1;

    NotPermitted(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** No connection. */
  public static final class Unreachable extends DatabaseException {
    private static final long serialVersionUID = 1;

    Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A newer release has migrated it. */
  public static final class NewerSchema extends DatabaseException {
    private static final long serialVersionUID = 1;

    NewerSchema(String message) {
      super(message, null);
    }
  }

  /** This release has not migrated it yet. */
  public static final class OlderSchema extends DatabaseException {
    private static final long serialVersionUID = 1;

    OlderSchema(String message) {
      super(message, null);
    }
  }
}
