package dev.countersign.client;

/**
 * Text from the network, made safe to print on a terminal: one line, no control characters,
 * bounded.
 */
public final class Printable {
  private static final int LONGEST = 2000;

  private Printable() {}

  public static String line(String text) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), LONGEST));
    text.codePoints()
        .limit(LONGEST)
        .forEach(
            c -> {
              // Control and format characters move the cursor or turn the direction of the text
              // around.
              if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                line.append(' ');
              } else {
                line.appendCodePoint(c);
              }
            });
    return text.codePointCount(0, text.length()) > LONGEST
        ? line.append('…').toString()
        : line.toString();
  }
}
