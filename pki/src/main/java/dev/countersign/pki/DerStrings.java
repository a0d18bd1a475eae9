package dev.countersign.pki;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The character strings of X.509 names, each held to its alphabet. */
final class DerStrings {
  private DerStrings() {}

  static boolean isString(int tag) {
    return switch (tag) {
      case DerReader.UTF8_STRING,
          DerReader.PRINTABLE_STRING,
          DerReader.TELETEX_STRING,
          DerReader.IA5_STRING,
          DerReader.BMP_STRING ->
          true;
      default -> false;
    };
  }

  /** Null if the bytes are none of this kind. */
  static @Nullable String decodeOrNull(int tag, byte[] content) {
    return switch (tag) {
      case DerReader.UTF8_STRING -> utf8OrNull(content);
      case DerReader.PRINTABLE_STRING -> asciiOrNull(content, true);
      // T.61 has no agreed meaning beyond ASCII.
      case DerReader.IA5_STRING, DerReader.TELETEX_STRING -> asciiOrNull(content, false);
      case DerReader.BMP_STRING -> bmpOrNull(content);
      default -> null;
    };
  }

  static boolean isPrintable(String text) {
    return text.chars().allMatch(DerStrings::isPrintable);
  }

  // X.680 41.4
  private static boolean isPrintable(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || " '()+,-./:=?".indexOf(c) >= 0;
  }

  private static @Nullable String utf8OrNull(byte[] content) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static @Nullable String asciiOrNull(byte[] content, boolean printable) {
    for (byte b : content) {
      if (b < 0 || (printable && !isPrintable(b))) {
        return null;
      }
    }
    return new String(content, StandardCharsets.US_ASCII);
  }

  private static @Nullable String bmpOrNull(byte[] content) {
    if (content.length % 2 != 0) {
      return null;
    }
    String text = new String(content, StandardCharsets.UTF_16BE);
    return text.chars().anyMatch(c -> c >= 0xd800 && c <= 0xdfff) ? null : text;
  }
}
