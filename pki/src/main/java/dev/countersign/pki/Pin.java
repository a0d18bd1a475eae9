package dev.countersign.pki;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/** What a client knows of a root before it has seen it: the SHA-256 of its SubjectPublicKeyInfo. */
public final class Pin {
  public static final int LENGTH = 32;
  private static final String PREFIX = "sha256:";

  private final byte[] digest;

  private Pin(byte[] digest) {
    this.digest = digest;
  }

  /** The pin of a DER SubjectPublicKeyInfo. */
  public static Pin of(byte[] spki) {
    return new Pin(Hashes.sha256(spki));
  }

  /** The pin with this digest, 32 bytes. */
  public static Pin ofDigest(byte[] digest) {
    if (digest.length != LENGTH) {
      throw new IllegalArgumentException("a pin has 32 bytes, not " + digest.length);
    }
    return new Pin(digest.clone());
  }

  /** Reads what {@link #toString()} writes. */
  @JsonCreator
  public static Pin parse(String text) {
    String stripped = text.strip();
    if (stripped.startsWith(PREFIX) && stripped.length() == PREFIX.length() + 43) {
      byte[] digest = Base64Url.decodeOrNull(stripped.substring(PREFIX.length()));
      if (digest != null && digest.length == LENGTH) {
        return new Pin(digest);
      }
    }
    throw new IllegalArgumentException(
        "'" + SafeText.of(text) + "' is not a pin: sha256: and 43 characters of base64url");
  }

  /** The SHA-256, 32 bytes. */
  public byte[] digest() {
    return digest.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Pin pin && MessageDigest.isEqual(digest, pin.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  /** {@code sha256:} and the base64url of the digest. */
  @JsonValue
  @Override
  public String toString() {
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
  }
}
