/**
 * The journal of an embedded database: what each group of writes has changed, one flushed record
 * for each, in two files that take turns, so that the database's own file needs to be written only
 * now and then. It may call H2's file API, and knows nothing of what is in a record. Its invariant:
 * a record that was appended is read again, whole and in its order, or its absence can be told from
 * the numbers; and a file is written over only when nothing in it is needed any more.
 */
@NullMarked
package dev.countersign.db.journal;

import org.jspecify.annotations.NullMarked;
