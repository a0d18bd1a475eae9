/**
 * Owns the daemon that keeps credentials fresh for programs that are not ours: it renews, follows
 * denials, and makes each program load what is new. It may call the client library and {@code pki},
 * never the command line. A hook counts as done only when it was seen to be, and what is not done
 * is kept in the folder, so that neither a crash nor another process forgets it.
 */
@NullMarked
package dev.countersign.agent;

import org.jspecify.annotations.NullMarked;
