/**
 * Finds out why two sides of mutual TLS do not come together, or come together although they should
 * not: evidence is gathered once, by handshakes and from files, and each {@link
 * dev.countersign.client.doctor.Check} is a pure function of it. Nothing is sent but handshakes,
 * nothing is written, and whatever comes from the network or from a folder is bounded and
 * untrusted.
 */
@NullMarked
package dev.countersign.client.doctor;

import org.jspecify.annotations.NullMarked;
