/**
 * Who of the callers is an operator or the holder of a certificate, as far as every call needs it:
 * the certificate that TLS or a signed request has proved is looked up in the database at each
 * request, with its identity's state and role. Only the {@code *Routes} and the doors call it; it
 * may call {@code identity} and the certificate store. Invariant: nothing is given to a caller by
 * what is remembered alone; what issues by memory looks again in the transaction that records, so a
 * revoked operator's next request fails.
 */
@NullMarked
package dev.countersign.server.access;

import org.jspecify.annotations.NullMarked;
