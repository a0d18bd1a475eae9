package dev.countersign.server.cleaning;

import java.time.Duration;
import java.util.Optional;

/**
 * How long is kept what nobody needs any more.
 *
 * @param enrollments after their end
 * @param retryKeys after the issuance
 * @param certificates after their end; empty for ever
 * @param events empty for ever
 */
public record Retention(
    Duration enrollments,
    Duration retryKeys,
    Optional<Duration> certificates,
    Optional<Duration> events) {}
