package dev.countersign.pki;

/** Makes a stranger's text fit for a message: short, printable ASCII, the rest escaped. */
final class SafeText {
  private static final int MOST = 120;

  private SafeText() {}

  static String of(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (out.length() >= MOST) {
        return out.append("…").toString();
      }
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x7f) {
        out.append(c);
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
    return out.toString();
  }
}
