package dev.countersign.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Conditional requests (RFC 9110 13) on answers that are known whole. */
public final class Tag {
  // RFC 9110 5.6.7: IMF-fixdate
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Tag() {}

  /** A strong tag of exactly these bytes. */
  public static String of(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return '"' + HexFormat.of().formatHex(Arrays.copyOf(hash, 12)) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String of(String content) {
    return of(content.getBytes(StandardCharsets.UTF_8));
  }

  public static String httpDate(Instant instant) {
    return HTTP_DATE.format(instant);
  }

  /**
   * Sets the tag and, when the caller has that version already, answers 304.
   *
   * @return true when the request is answered
   */
  public static boolean unchanged(Call call, String tag, Optional<Instant> lastModified) {
    call.header("ETag", tag);
    lastModified.ifPresent(at -> call.header("Last-Modified", httpDate(at)));
    String ifNoneMatch = call.header("If-None-Match");
    boolean same =
        ifNoneMatch != null
            ? matches(ifNoneMatch, tag)
            // RFC 9110 13.1.3: If-Modified-Since counts only without If-None-Match
            : lastModified.isPresent()
                && isOf(lastModified.get(), call.header("If-Modified-Since"));
    if (same) {
      call.status(304);
    }
    return same;
  }

  private static boolean matches(String header, String tag) {
    for (String candidate : header.split(",", 50)) {
      String trimmed = candidate.trim();
      // RFC 9110 13.1.2: weak comparison
      String strong = trimmed.startsWith("W/") ? trimmed.substring(2) : trimmed;
      if (strong.equals("*") || strong.equals(tag)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The very date, not any later one: a later one may be of the caller's own clock, who then has
   * what an older version was answered with, perhaps by a node that lags (RFC 9110 13.1.3 lets a
   * server answer in full).
   */
  private static boolean isOf(Instant lastModified, @Nullable String since) {
    if (since == null) {
      return false;
    }
    try {
      return lastModified.getEpochSecond() == Instant.from(HTTP_DATE.parse(since)).getEpochSecond();
    } catch (java.time.DateTimeException e) {
      return false;
    }
  }
}
