package dev.countersign.server.config;

/**
 * A file of the server's folder that cannot be used; the message says which, why and what to do.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
