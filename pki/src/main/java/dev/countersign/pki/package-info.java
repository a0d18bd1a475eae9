/**
 * The shared words of both sides: keys, names, requests, certificates, key files, the enrolment
 * string and JSON. It may call the JDK, Bouncy Castle's lightweight classes and Jackson, and knows
 * neither server nor client. Its invariant: a value of one of these types has passed every check
 * that its factory promises, so nobody checks twice, and whatever comes from a stranger is read by
 * the strict {@link dev.countersign.pki.DerReader} first.
 */
@NullMarked
package dev.countersign.pki;

import org.jspecify.annotations.NullMarked;
