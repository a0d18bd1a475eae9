/**
 * The services and people that certificates belong to, and the roles of operators. It may call
 * {@code ledger} and {@code db}. Its invariants: there is always an active admin once there was
 * one, and {@code countersignd}, the authority itself, is never changed.
 */
@NullMarked
package dev.countersign.server.identity;

import org.jspecify.annotations.NullMarked;
