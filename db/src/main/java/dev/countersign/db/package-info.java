/**
 * The schema and the one way to it: opening and migrating, pooled reading, and writing by group
 * commit. It may call JDBC, Jdbi and Flyway and knows nothing of certificates. Its invariant: the
 * future of a write completes only after the write is flushed to disk, and a write that may or may
 * not have happened is never reported as done.
 */
@NullMarked
package dev.countersign.db;

import org.jspecify.annotations.NullMarked;
