/**
 * The file under H2, kept so that after a power cut it holds the newest state that was flushed or a
 * newer one, and never takes half a write for a whole one. It may call H2's file API, and knows of
 * H2's format what lies at the two ends of a chunk. Its invariant: one of the two seals names a
 * chunk that is whole and flushed, together with all that it refers to.
 *
 * <p>Why not H2's own header: it is rewritten now and then, both copies at once, and H2 2.4 takes a
 * chunk for whole when its first and last bytes are. Why not a barrier before the last sector of
 * each chunk, which would do too: it costs a second flush for every group of writes.
 */
@NullMarked
package dev.countersign.db.sealed;

import org.jspecify.annotations.NullMarked;
