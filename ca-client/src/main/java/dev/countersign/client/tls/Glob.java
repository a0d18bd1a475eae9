package dev.countersign.client.tls;

import java.util.Locale;

/**
 * A name with stars: each stands for any characters, none too, but not for a separator, so that
 * {@code ledger-*} does not reach into what is below.
 */
record Glob(String text, char separator) {
  private static final int LONGEST = 2048;

  Glob {
    if (text.isBlank() || text.length() > LONGEST) {
      throw new IllegalArgumentException("a name to accept is empty or far too long");
    }
  }

  /** Host names are the same in upper and lower case (RFC 4343). */
  static Glob ofHost(String text) {
    return new Glob(text.toLowerCase(Locale.ROOT), '.');
  }

  boolean matchesHost(String name) {
    return matches(name.toLowerCase(Locale.ROOT));
  }

  /** Goes back to the last star alone, so that no name takes long, whatever the stars. */
  boolean matches(String name) {
    int at = 0;
    int in = 0;
    int star = -1;
    int given = 0; // how far the last star reaches
    while (in < name.length()) {
      if (at < text.length() && text.charAt(at) == '*') {
        star = at++;
        given = in;
      } else if (at < text.length() && text.charAt(at) == name.charAt(in)) {
        at++;
        in++;
      } else if (star >= 0 && name.charAt(given) != separator) {
        at = star + 1;
        in = ++given;
      } else {
        return false;
      }
    }
    while (at < text.length() && text.charAt(at) == '*') {
      at++;
    }
    return at == text.length();
  }

  @Override
  public String toString() {
    return text;
  }
}
