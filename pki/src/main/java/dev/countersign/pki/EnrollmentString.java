package dev.countersign.pki;

import dev.countersign.pki.InvalidEnrollmentStringException.Reason;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * The one string that an operator hands to a service: where the CA is, how to know it, and the seed
 * of the key that proves the enrolment. Whoever has it can enrol: {@link #toString()} does not show
 * the seed.
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out
public record EnrollmentString(
    List<URI> endpoints,
    List<Pin> pins,
    String enrollmentId,
    byte[] seed,
    Instant createdAt,
    Instant notAfter) {

  /** What every string of this version starts with. */
  public static final String PREFIX = "csgn1_";

  static final int MOST_ENDPOINTS = 8;
  static final int MOST_PINS = 3;

  public EnrollmentString {
    endpoints = List.copyOf(endpoints);
    pins = List.copyOf(pins);
    seed = seed.clone();
    require(!endpoints.isEmpty() && endpoints.size() <= MOST_ENDPOINTS, "1 to 8 endpoints");
    for (URI endpoint : endpoints) {
      require(isBase(endpoint), "endpoints that are https URLs without user, query and fragment");
      require(
          endpoint.toString().length() <= 255
              && endpoint.toString().chars().allMatch(c -> c > 0x20 && c < 0x7f),
          "endpoints of at most 255 ASCII characters");
    }
    require(!pins.isEmpty() && pins.size() <= MOST_PINS, "1 to 3 pins");
    require(
        enrollmentId.matches("[A-Za-z0-9_-]{1,64}"), "an id of 1 to 64 characters A-Z a-z 0-9 _ -");
    require(seed.length == EnrollmentKey.SEED_LENGTH, "a seed of 32 bytes");
    require(
        createdAt.getEpochSecond() >= 0
            && createdAt.getNano() == 0
            && notAfter.getEpochSecond() >= 0
            && notAfter.getNano() == 0,
        "times in whole seconds");
  }

  private static boolean isBase(URI endpoint) {
    return "https".equals(endpoint.getScheme())
        && endpoint.getHost() != null
        && endpoint.getRawUserInfo() == null
        && endpoint.getRawQuery() == null
        && endpoint.getRawFragment() == null;
  }

  private static void require(boolean held, String what) {
    if (!held) {
      throw new IllegalArgumentException("an enrolment string has " + what);
    }
  }

  /** The string: {@code csgn1_} and base64url. It is a secret. */
  public String encode() {
    return EnrollmentStringCodec.encode(this);
  }

  /** Reads a string; blanks and line breaks that pasting put into it are passed over. */
  public static EnrollmentString parse(String text) throws InvalidEnrollmentStringException {
    return EnrollmentStringCodec.parse(text);
  }

  /** Whether a text claims to be such a string, so that it can be told from a file name. */
  public static boolean looksLikeOne(String text) {
    return text.strip().matches("csgn[0-9]+_.*");
  }

  @Override
  public byte[] seed() {
    return seed.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EnrollmentString string
        && endpoints.equals(string.endpoints)
        && pins.equals(string.pins)
        && enrollmentId.equals(string.enrollmentId)
        && MessageDigest.isEqual(seed, string.seed)
        && createdAt.equals(string.createdAt)
        && notAfter.equals(string.notAfter);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(new Object[] {endpoints, pins, enrollmentId, createdAt, notAfter});
  }

  @Override
  public String toString() {
    return "enrolment " + enrollmentId + " at " + endpoints + " until " + notAfter;
  }

  static InvalidEnrollmentStringException refused(Reason reason, String message) {
    return new InvalidEnrollmentStringException(reason, message);
  }
}
