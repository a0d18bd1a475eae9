/**
 * The listeners and what is alike for every call: who is connected, strict bodies, limits, request
 * numbers, and problem documents (RFC 9457). It knows no feature; features bring classes named
 * {@code *Routes} that register themselves on {@link Endpoints}. Invariants: no handler sees a body
 * over its limit, no thread waits for a peer, and every answer that is not a success is a problem
 * document.
 */
@NullMarked
package dev.countersign.server.http;

import org.jspecify.annotations.NullMarked;
