/**
 * Certificate revocation lists: written from rows in order of serial, signed, numbered, kept, and
 * made anew on schedule and after each revocation. It may call {@code revocation}, {@code
 * authority} and {@code db}. Numbers of an issuer only grow, and a list with a higher number never
 * knows less than one with a lower.
 */
@NullMarked
package dev.countersign.server.crl;

import org.jspecify.annotations.NullMarked;
