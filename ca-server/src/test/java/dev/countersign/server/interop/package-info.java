/**
 * Programs that others wrote look at what is issued here: OpenSSL, GnuTLS, the path validator of
 * the JDK. It calls the server's packages and those programs. What they accept and what they refuse
 * is checked with each algorithm of keys.
 */
@NullMarked
package dev.countersign.server.interop;

import org.jspecify.annotations.NullMarked;
