package dev.countersign.db;

import java.util.Locale;

/** The two engines. What differs between them in SQL is decided here and nowhere else. */
public enum Dialect {
  H2(false),
  POSTGRESQL(true);

  private final boolean locksRows;

  Dialect(boolean locksRows) {
    this.locksRows = locksRows;
  }

  static Dialect of(String url) {
    String lower = url.toLowerCase(Locale.ROOT);
    if (url.startsWith(DatabaseSettings.EMBEDDED)) {
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
   * A condition's column that must not choose the index. Measured: H2 takes any index with an
   * equality for about as selective as any other, and then reads and sorts every certificate that
   * is "active" or of the one issuing CA (0.4 s for 50,000, instead of 1 ms). PostgreSQL keeps
   * statistics of the values and chooses well.
   */
  public String notByIndex(String column) {
    return this == H2 ? "coalesce(" + column + ", " + column + ")" : column;
  }

  /**
   * To be put at the end of a {@code select} in a write: the rows found do not change until the
   * commit, while others may rely on them too. H2 has no such clause and needs none: all writes of
   * an embedded database go through one connection.
   */
  public String rowMustStay() {
    return locksRows ? " for share" : "";
  }

  /** {@link #rowMustStay()}, of one of the tables of the {@code select}. */
  public String rowMustStay(String table) {
    return locksRows ? " for share of " + table : "";
  }

  /**
   * Like {@link #rowMustStay(String)}, but only whoever reads the rows {@code for update} waits for
   * the commit, and is waited for: what else is kept in them may change meanwhile.
   */
  public String rowMustNotBeTaken(String table) {
    return locksRows ? " for key share of " + table : "";
  }

  /** Whether all writes go through one connection, and so have an order already. */
  public boolean writesOneByOne() {
    return this == H2;
  }
}
