package dev.countersign.server.crl;

import java.time.Instant;

/**
 * A CRL that is on record.
 *
 * @param revocations the highest revocation sequence that it knows of, of any issuer
 */
@SuppressWarnings("ArrayRecordComponent")
public record PublishedCrl(
    byte[] der, long number, Instant thisUpdate, Instant nextUpdate, long revocations) {}
