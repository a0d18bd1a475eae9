/**
 * What clients of this authority are told without asking: the numbered denials, signed, at once. It
 * may call {@code crl}, whose memory it speaks from, and {@code authority}, whose key signs. Its
 * invariant: the database is not asked for the sake of a client that waits, and what is said was
 * true of all nodes at the time that is said.
 */
@NullMarked
package dev.countersign.server.feed;

import org.jspecify.annotations.NullMarked;
