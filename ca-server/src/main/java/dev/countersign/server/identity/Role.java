package dev.countersign.server.identity;

import java.util.Locale;

/** What an operator may do. */
public enum Role {
  ADMIN,
  OPERATOR,
  AUDITOR;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads a {@link #label()}. */
  public static Role parse(String label) {
    for (Role role : values()) {
      if (role.label().equals(label)) {
        return role;
      }
    }
    throw new IllegalArgumentException("a role is admin, operator or auditor");
  }
}
