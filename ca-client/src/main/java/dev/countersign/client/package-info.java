/**
 * Owns what a service or an operator does with a Countersign authority: enrol, renew, follow the
 * trust bundle, keep the credential folder, and ask the REST interface. It may call {@code
 * dev.countersign.pki} and the JDK, never the command line or the server. Nothing is written to a
 * credential folder before the authority's answer has been verified, and a reader of the folder
 * sees all of one generation or all of another, never a mixture.
 */
@NullMarked
package dev.countersign.client;

import org.jspecify.annotations.NullMarked;
