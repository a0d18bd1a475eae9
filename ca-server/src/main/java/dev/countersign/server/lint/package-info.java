/**
 * The last look at the exact bytes before they are signed, with a reader that shares nothing with
 * the writer. It may call {@code pki} only. A {@link dev.countersign.server.lint.LintedDraft}
 * exists only for bytes that passed every rule; a failure here is our own fault, never the
 * caller's.
 */
@NullMarked
package dev.countersign.server.lint;

import org.jspecify.annotations.NullMarked;
