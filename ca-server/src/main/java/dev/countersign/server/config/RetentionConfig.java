package dev.countersign.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long is kept what nobody needs any more.
 *
 * @param enrollments after their end, whether they were used or not
 * @param retryKeys after the issuance: for how long the same request gets the same certificate
 * @param certificates after their end; absent for ever
 * @param events absent for ever
 */
public record RetentionConfig(
    Duration enrollments,
    Duration retryKeys,
    @Nullable Duration certificates,
    @Nullable Duration events) {
  private static final Duration USUAL_ENROLLMENTS = Duration.ofDays(30);
  private static final Duration USUAL_RETRY_KEYS = Duration.ofDays(7);

  public static final RetentionConfig DEFAULT =
      new RetentionConfig(USUAL_ENROLLMENTS, USUAL_RETRY_KEYS, null, null);

  public RetentionConfig {
    enrollments = Members.orElse(enrollments, USUAL_ENROLLMENTS);
    retryKeys = Members.orElse(retryKeys, USUAL_RETRY_KEYS);
    atLeast(1, enrollments, "enrollments");
    atLeast(1, retryKeys, "retryKeys");
    atLeast(30, certificates, "certificates");
    atLeast(30, events, "events");
  }

  private static void atLeast(int days, @Nullable Duration given, String name) {
    Members.check(
        given == null || given.compareTo(Duration.ofDays(days)) >= 0,
        "retention." + name + " must be P" + days + "D or longer");
  }
}
