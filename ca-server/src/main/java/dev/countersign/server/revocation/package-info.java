/**
 * That certificates and identities are no longer to be trusted: reasons, holds, lineage. It may
 * call {@code identity}, {@code issuance}, {@code ledger} and {@code db}; CRLs and OCSP read from
 * it. Its invariant: a certificate that was revoked for good stays revoked, and revocation numbers
 * grow in the order of the commits, on however many servers.
 */
@NullMarked
package dev.countersign.server.revocation;

import org.jspecify.annotations.NullMarked;
