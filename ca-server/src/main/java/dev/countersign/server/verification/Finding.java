package dev.countersign.server.verification;

/**
 * One thing that is not as it must be.
 *
 * @param table where
 * @param key of the row: a serial, a number, a name
 * @param what is wrong, as the end of a sentence
 */
public record Finding(String table, String key, String what) {

  @Override
  public String toString() {
    return table + " " + key + ": " + what;
  }
}
