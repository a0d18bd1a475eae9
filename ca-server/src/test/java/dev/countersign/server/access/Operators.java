package dev.countersign.server.access;

import dev.countersign.server.identity.Role;

/** Callers as the door admitted them, for tests of what happens to them later. */
public final class Operators {

  private Operators() {}

  /** An operator who is known by the certificate of this number. */
  public static Operator of(String name, long certificate) {
    return new Operator(name, certificate, Role.OPERATOR, "192.0.2.8");
  }

  public static Operator admin(String name, long certificate) {
    return new Operator(name, certificate, Role.ADMIN, "192.0.2.8");
  }
}
