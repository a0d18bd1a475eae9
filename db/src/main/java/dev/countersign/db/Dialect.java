package dev.countersign.db;

import java.util.Locale;

/** The two engines. What differs between them in SQL is decided here and nowhere else. */
public enum Dialect {
  H2(""),
  POSTGRESQL(" for share");

  private final String rowMustStay;

  Dialect(String rowMustStay) {
    this.rowMustStay = rowMustStay;
  }

  static Dialect of(String url) {
    String lower = url.toLowerCase(Locale.ROOT);
    if (lower.startsWith("jdbc:h2:")) {
      return H2;
    }
    if (lower.startsWith("jdbc:postgresql:")) {
      return POSTGRESQL;
    }
    throw new DatabaseException.BadSettings(
        "The database URL must begin with jdbc:postgresql: (or be left out, for the embedded"
            + " database).");
  }

  /**
   * To be put at the end of a {@code select} in a write: the rows found do not change until the
   * commit, while others may rely on them too. H2 has no such clause and needs none: all writes of
   * an embedded database go through one connection.
   */
  public String rowMustStay() {
    return rowMustStay;
  }
}
