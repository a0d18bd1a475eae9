/**
 * Owns the TLS of a service: one {@code SSLContext} that stays right while keys, roots and denials
 * change beneath it. It may call {@code dev.countersign.client}, {@code dev.countersign.pki} and
 * the JDK. No byte of an application passes before the peer has been checked at the end of the
 * handshake, whether that was a full one or a resumption.
 *
 * <p>A trust manager alone would not do: JSSE does not ask it when a session is resumed, tickets
 * cannot be taken back, and a new {@code SSLContext} does not reach what was configured with the
 * old one. So the context handed out delegates, and every engine and socket of it is wrapped.
 */
@NullMarked
package dev.countersign.client.tls;

import org.jspecify.annotations.NullMarked;
