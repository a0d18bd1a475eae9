/**
 * The same identity asks again, proving the key it holds; and this server's own HTTPS certificate,
 * which is renewed in the same way. It may call {@code access}, {@code issuance} and what lies
 * below. Invariant: what a renewed certificate may carry is decided anew by identity and policy,
 * never copied from the one before.
 */
@NullMarked
package dev.countersign.server.renewal;

import org.jspecify.annotations.NullMarked;
