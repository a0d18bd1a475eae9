package dev.countersign.client;

/**
 * Text from the network, made safe to print on a terminal: one line, no control characters,
 * bounded.
 */
public final class Printable {
  private static final int LONGEST = 2000;
  private static final int LONGEST_MESSAGE = 16_000;

  private Printable() {}

  public static String line(String text) {
    return line(text, LONGEST);
  }

  /** A message of ours, in which there may be several texts from the network. */
  static String message(String text) {
    return line(text, LONGEST_MESSAGE);
  }

  private static String line(String text, int longest) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), longest));
    text.codePoints()
        .limit(longest)
        .forEach(
            c -> {
              // These move the cursor, begin a line, or turn the direction of the text around.
              switch (Character.getType(c)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    line.append(' ');
                default -> line.appendCodePoint(c);
              }
            });
    return text.codePointCount(0, text.length()) > longest
        ? line.append('…').toString()
        : line.toString();
  }
}
