package dev.countersign.pki;

import java.util.ArrayList;
import java.util.List;

/** Tells whether text is Punycode for something that is not ASCII (RFC 3492 6.2). */
final class Punycode {
  private static final int BASE = 36;
  private static final int T_MIN = 1;
  private static final int T_MAX = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int INITIAL_BIAS = 72;
  private static final int INITIAL_N = 128;

  private Punycode() {}

  /** For the part of a lower-case A-label behind {@code xn--}. */
  static boolean isEncoded(String text) {
    List<Integer> output = new ArrayList<>();
    int delimiter = text.lastIndexOf('-');
    for (int i = 0; i < delimiter; i++) {
      output.add((int) text.charAt(i));
    }
    long n = INITIAL_N;
    long i = 0;
    int bias = INITIAL_BIAS;
    int in = delimiter + 1;
    if (in >= text.length()) {
      return false;
    }
    while (in < text.length()) {
      long before = i;
      long weight = 1;
      for (int k = BASE; ; k += BASE) {
        if (in >= text.length()) {
          return false;
        }
        int digit = digit(text.charAt(in++));
        if (digit < 0) {
          return false;
        }
        i += digit * weight;
        int threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
        if (i > Integer.MAX_VALUE) {
          return false;
        }
        if (digit < threshold) {
          break;
        }
        weight *= BASE - threshold;
        if (weight > Integer.MAX_VALUE) {
          return false;
        }
      }
      int points = output.size() + 1;
      bias = adapt(i - before, points, before == 0);
      n += i / points;
      i %= points;
      if (n > Character.MAX_CODE_POINT || !isVisible((int) n)) {
        return false;
      }
      output.add((int) i, (int) n);
      i++;
    }
    return true;
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      // RFC 5892 A.1 and A.2: of the format characters the two joiners alone
      case Character.FORMAT -> codePoint == 0x200c || codePoint == 0x200d;
      default -> true;
    };
  }

  private static int digit(char c) {
    if (c >= 'a' && c <= 'z') {
      return c - 'a';
    }
    return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
  }

  private static int adapt(long delta, int points, boolean first) {
    long rest = first ? delta / DAMP : delta / 2;
    rest += rest / points;
    int k = 0;
    while (rest > (BASE - T_MIN) * T_MAX / 2) {
      rest /= BASE - T_MIN;
      k += BASE;
    }
    return (int) (k + (BASE - T_MIN + 1) * rest / (rest + SKEW));
  }
}
