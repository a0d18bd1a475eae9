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

  /**
   * Whether who has this role and gets the other may do something new. An auditor reads the ledger,
   * which an operator does not.
   */
  boolean gainsBy(Role other) {
    return this != ADMIN && this != other;
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
