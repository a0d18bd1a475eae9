package dev.countersign.server.issuance;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What makes two requests one, for an applicant and the key to be certified.
 *
 * @param key see {@link Proof#retryKey}
 * @param alone see {@link Proof#retryKeyAlone}
 * @param keyHash SHA-256 of the SubjectPublicKeyInfo, hexadecimal
 * @param requestHash of all that was asked for, hexadecimal; empty where nobody compares it
 */
record RetryKey(Optional<String> key, boolean alone, String keyHash, String requestHash) {

  static RetryKey of(Applicant applicant, RequestDigest asked) {
    Optional<String> key = applicant.proof().retryKey();
    boolean alone = applicant.proof().retryKeyAlone();
    return new RetryKey(
        key,
        alone,
        HexFormat.of().formatHex(asked.key()),
        key.isPresent() && alone ? requestHash(applicant, asked) : "");
  }

  private static String requestHash(Applicant applicant, RequestDigest asked) {
    // Lengths are not ambiguous: none of the parts but the last can contain a line break.
    String request =
        String.join(
            "\n",
            HexFormat.of().formatHex(asked.content()),
            applicant.identity().name(),
            applicant.profile(),
            applicant.lifetime().map(Object::toString).orElse(""),
            applicant.names().map(Object::toString).orElse("-"));
    return HexFormat.of().formatHex(sha256(request.getBytes(StandardCharsets.UTF_8)));
  }

  byte[] keyHashBytes() {
    return HexFormat.of().parseHex(keyHash);
  }

  byte[] requestHashBytes() {
    return HexFormat.of().parseHex(requestHash);
  }

  /** With {@link #key}, unique among certificates. */
  byte[] uniqueWith() {
    return alone ? new byte[0] : keyHashBytes();
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
