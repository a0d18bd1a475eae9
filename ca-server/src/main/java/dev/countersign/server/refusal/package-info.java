/**
 * What the caller can mend: a kind, which fixes status and problem type, and a sentence that is
 * safe to show and says what to do next. Every feature may throw one; only {@code http} turns it
 * into an answer. Anything else that is thrown is our own fault.
 */
@NullMarked
package dev.countersign.server.refusal;

import org.jspecify.annotations.NullMarked;
