/**
 * Whether the database holds what it must: each certificate as it was signed, with its event, its
 * key, its names and what was denied of it. It may call {@code authority}, {@code issuance} and
 * {@code db}; only the command {@code countersignd verify} calls it. Its invariant: it writes
 * nothing, and needs no more memory for a large database than for a small one.
 *
 * <p>Why it speaks SQL of other features' tables: what has to be found are rows that they would
 * stumble over, or that do not fit each other.
 */
@NullMarked
package dev.countersign.server.verification;

import org.jspecify.annotations.NullMarked;
