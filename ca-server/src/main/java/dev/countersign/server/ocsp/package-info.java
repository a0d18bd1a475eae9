/**
 * The OCSP responder of RFC 6960, with answers that may be cached as RFC 5019 says. It may call
 * {@code revocation}, {@code crl} (for what is denied), {@code issuance} (for its own delegated
 * certificate) and {@code authority}. What is asked is copied into the answer byte for byte, a
 * serial that was never issued is never called good, and none that this node knows to be revoked.
 */
@NullMarked
package dev.countersign.server.ocsp;

import org.jspecify.annotations.NullMarked;
