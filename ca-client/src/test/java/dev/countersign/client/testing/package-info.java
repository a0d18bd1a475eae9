/**
 * Owns a stand-in for the authority that speaks {@code openapi.yaml} strictly, signatures included.
 * It may call {@code pki} and its test classes, never the client. What it is told to do wrong, it
 * does on the wire, so that the client is tested whole.
 */
@NullMarked
package dev.countersign.client.testing;

import org.jspecify.annotations.NullMarked;
