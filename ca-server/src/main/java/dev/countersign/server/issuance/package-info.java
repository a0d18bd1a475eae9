/**
 * The corridor: admit, approve, draft, sign, record, and the certificate store at its end. It may
 * call the foundations and {@code identity}, {@code ledger} and {@code db}; the doors call it. Only
 * a {@code RecordedCertificate} leaves it, so nothing that is not durable is ever released.
 */
@NullMarked
package dev.countersign.server.issuance;

import org.jspecify.annotations.NullMarked;
