package dev.countersign.server.issuance;

/**
 * An identity was changed after the certificate was decided on and before it could be recorded.
 * Nothing was recorded, and the answer may now be another: it has to be decided anew.
 */
public final class IdentityChangedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  IdentityChangedException(String identity) {
    super("the identity " + identity + " was changed meanwhile");
  }
}
