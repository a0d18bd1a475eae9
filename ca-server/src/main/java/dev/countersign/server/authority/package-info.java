/**
 * The hierarchy: roots, issuing CAs, their name constraints, the trust bundle, and the ceremony
 * that makes them once. It may call {@code keys}, {@code lint}, {@code pki} and {@code db}. An
 * authority signs nothing but a {@link dev.countersign.server.lint.LintedDraft}, and no certificate
 * outlives its issuer.
 */
@NullMarked
package dev.countersign.server.authority;

import org.jspecify.annotations.NullMarked;
