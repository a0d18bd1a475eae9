package dev.countersign.server.revocation;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.issuance.Denial;
import java.time.Instant;
import java.util.Optional;

/**
 * A certificate was revoked, held or released.
 *
 * @param number grows in the order of the commits; numbers may be left out
 * @param notAfter of the certificate
 * @param denial empty when it was released
 */
public record Change(long number, SerialNumber serial, Instant notAfter, Optional<Denial> denial) {}
