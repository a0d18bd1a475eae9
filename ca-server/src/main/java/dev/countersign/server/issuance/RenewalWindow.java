package dev.countersign.server.issuance;

import java.time.Instant;

/**
 * When to renew.
 *
 * @param graceUntil the last moment at which an expired certificate is still renewed
 */
public record RenewalWindow(Instant start, Instant end, Instant graceUntil) {}
