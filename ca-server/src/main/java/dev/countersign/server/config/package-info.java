/**
 * What an operator writes down: {@code DIR/countersign.yaml} as immutable records, read once and
 * checked once. It may call nothing of the other features; {@code Wiring} turns its records into
 * theirs. Invariant: a {@link Config} that exists is complete and makes sense, so that a bad file
 * never starts a server.
 */
@NullMarked
package dev.countersign.server.config;

import org.jspecify.annotations.NullMarked;
