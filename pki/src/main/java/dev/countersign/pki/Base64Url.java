package dev.countersign.pki;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Base64url without padding, where one value has one spelling (RFC 7515 2, RFC 4648 3.5). */
final class Base64Url {
  private Base64Url() {}

  static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Null for anything but the one spelling of the bytes: no padding, no stray bits, no other
   * characters.
   */
  static byte @Nullable [] decodeOrNull(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
    return encode(bytes).equals(text) ? bytes : null;
  }
}
