/**
 * Tests of all that is kept: identities, enrolments, certificates, revocations and the ledger, on
 * both engines, each write broken twice. They call the features as the doors do. Their invariant:
 * real databases and real certificates, no doubles but the clock.
 */
@NullMarked
package dev.countersign.server.state;

import org.jspecify.annotations.NullMarked;
