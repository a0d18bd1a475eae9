package dev.countersign.server.http;

import org.jspecify.annotations.Nullable;

/** Text from outside, made fit for one line of a log. */
final class LogText {
  private static final int MAXIMUM = 500;

  private LogText() {}

  static String printable(@Nullable String text) {
    if (text == null) {
      return "";
    }
    StringBuilder safe = new StringBuilder(Math.min(text.length(), MAXIMUM));
    for (int i = 0; i < text.length() && i < MAXIMUM; i++) {
      char c = text.charAt(i);
      safe.append(c < ' ' || (c >= 0x7f && c <= 0x9f) || Character.isSurrogate(c) ? '?' : c);
    }
    return safe.toString();
  }
}
