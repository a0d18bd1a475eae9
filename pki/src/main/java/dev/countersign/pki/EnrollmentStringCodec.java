package dev.countersign.pki;

import dev.countersign.pki.InvalidEnrollmentStringException.Reason;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes behind {@code csgn1_}:
 *
 * <pre>
 *   u16 length of all that follows, checksum included
 *   u8 number of endpoints, each u8 length and ASCII
 *   u8 number of pins, each 32 bytes
 *   u8 length of the enrolment id, and ASCII
 *   32 bytes seed
 *   u64 created at, u64 not after: seconds since 1970
 *   4 bytes checksum: the start of SHA-256("csgn1_" and all before)
 * </pre>
 *
 * The length stands first so that a string that was cut off can be told from one that was mistyped.
 */
final class EnrollmentStringCodec {
  private static final Pattern SHAPE = Pattern.compile("csgn([0-9]{1,6})_(.*)", Pattern.DOTALL);
  private static final int CHECKSUM_LENGTH = 4;
  private static final int LONGEST_TEXT = 8192;

  private EnrollmentStringCodec() {}

  static String encode(EnrollmentString string) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(string.endpoints().size());
    string.endpoints().forEach(endpoint -> writeText(body, endpoint.toString()));
    body.write(string.pins().size());
    string.pins().forEach(pin -> body.writeBytes(pin.digest()));
    writeText(body, string.enrollmentId());
    body.writeBytes(string.seed());
    ByteBuffer all = ByteBuffer.allocate(2 + body.size() + 16 + CHECKSUM_LENGTH);
    all.putShort((short) (all.capacity() - 2));
    all.put(body.toByteArray());
    all.putLong(string.createdAt().getEpochSecond()).putLong(string.notAfter().getEpochSecond());
    all.put(checksum(all.array(), all.position()));
    return EnrollmentString.PREFIX + Base64Url.encode(all.array());
  }

  static EnrollmentString parse(String text) throws InvalidEnrollmentStringException {
    if (text.length() > LONGEST_TEXT) {
      throw EnrollmentString.refused(Reason.NOT_OURS, "this is too long for an enrolment string");
    }
    String compact = text.replaceAll("\\s", "");
    Matcher shape = SHAPE.matcher(compact);
    if (!shape.matches()) {
      throw EnrollmentString.refused(
          Reason.NOT_OURS,
          "this is not a Countersign enrolment string: it does not start with "
              + EnrollmentString.PREFIX);
    }
    if (!shape.group(1).equals("1")) {
      throw EnrollmentString.refused(
          Reason.NEWER_VERSION,
          "this enrolment string has version "
              + shape.group(1)
              + " and this program reads version 1: use the Countersign release of the CA that made it");
    }
    byte[] bytes = decode(shape.group(2));
    checkLength(bytes);
    int signed = bytes.length - CHECKSUM_LENGTH;
    if (!Arrays.equals(bytes, signed, bytes.length, checksum(bytes, signed), 0, CHECKSUM_LENGTH)) {
      throw mistyped("its checksum does not fit");
    }
    try {
      return read(ByteBuffer.wrap(bytes, 2, signed - 2));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      // The checksum fits: whoever made this string is no Countersign CA of this version.
      throw EnrollmentString.refused(
          Reason.MISTYPED,
          "this enrolment string has contents that no Countersign CA writes: ask for a new one");
    }
  }

  private static byte[] decode(String base64) throws InvalidEnrollmentStringException {
    if (!base64.matches("[A-Za-z0-9_-]*")) {
      throw mistyped("it has a character that does not belong there");
    }
    // A cut can leave a remainder that is no base64 by itself: only the whole groups of it are
    // looked at.
    byte[] whole = Base64Url.decodeOrNull(base64);
    if (whole != null) {
      return whole;
    }
    byte[] groups = Base64Url.decodeOrNull(base64.substring(0, base64.length() / 4 * 4));
    if (groups == null) {
      throw mistyped("it is not base64url");
    }
    int remainder = base64.length() % 4;
    if (groups.length >= 2
        && declaredLength(groups) + 2 <= groups.length + Math.max(0, remainder - 1)) {
      throw mistyped("its last character does not fit");
    }
    return groups;
  }

  private static void checkLength(byte[] bytes) throws InvalidEnrollmentStringException {
    int missing = bytes.length < 2 ? 1 : declaredLength(bytes) + 2 - bytes.length;
    if (missing > 0) {
      throw EnrollmentString.refused(
          Reason.CUT_OFF,
          "this enrolment string is cut off"
              + (bytes.length < 2
                  ? ""
                  : ", about " + (missing * 4 + 2) / 3 + " characters are missing")
              + ": copy the whole line");
    }
    if (missing < 0 || bytes.length < 2 + CHECKSUM_LENGTH) {
      throw mistyped("it is longer than it says");
    }
  }

  private static int declaredLength(byte[] bytes) {
    return ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
  }

  private static EnrollmentString read(ByteBuffer in) {
    List<URI> endpoints = new ArrayList<>();
    for (int count = in.get() & 0xff; count > 0; count--) {
      endpoints.add(URI.create(readText(in)));
    }
    List<Pin> pins = new ArrayList<>();
    for (int count = in.get() & 0xff; count > 0; count--) {
      pins.add(Pin.ofDigest(readBytes(in, Pin.LENGTH)));
    }
    String id = readText(in);
    byte[] seed = readBytes(in, EnrollmentKey.SEED_LENGTH);
    Instant createdAt = readTime(in);
    Instant notAfter = readTime(in);
    if (in.hasRemaining()) {
      throw new IllegalArgumentException("more than is known");
    }
    return new EnrollmentString(endpoints, pins, id, seed, createdAt, notAfter);
  }

  private static Instant readTime(ByteBuffer in) {
    long seconds = in.getLong();
    if (seconds < 0 || seconds > Instant.MAX.getEpochSecond()) {
      throw new IllegalArgumentException("a time out of range");
    }
    return Instant.ofEpochSecond(seconds);
  }

  private static void writeText(ByteArrayOutputStream out, String ascii) {
    byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static String readText(ByteBuffer in) {
    return new String(readBytes(in, in.get() & 0xff), StandardCharsets.ISO_8859_1);
  }

  private static byte[] readBytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static byte[] checksum(byte[] bytes, int length) {
    byte[] prefix = EnrollmentString.PREFIX.getBytes(StandardCharsets.US_ASCII);
    byte[] input = Arrays.copyOf(prefix, prefix.length + length);
    System.arraycopy(bytes, 0, input, prefix.length, length);
    return Arrays.copyOf(Hashes.sha256(input), CHECKSUM_LENGTH);
  }

  private static InvalidEnrollmentStringException mistyped(String why) {
    return EnrollmentString.refused(
        Reason.MISTYPED, "this enrolment string is mistyped: " + why + "; copy it again");
  }
}
