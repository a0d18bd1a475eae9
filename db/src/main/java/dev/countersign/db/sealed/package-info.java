/**
 * The file under H2, kept so that after a power cut it holds the newest state that was flushed or a
 * newer one, never takes half a write for a whole one, and gives away no block that is not what was
 * written. It may call H2's file API, and knows of H2's format what lies at the two ends of a
 * chunk. Its invariant: one of the two seals names a chunk that is whole and flushed, together with
 * all that it refers to, and for all of that the sums are flushed but for those that follow from
 * the seal.
 *
 * <p>Why not H2's own header: it is rewritten now and then, both copies at once, and H2 2.4 takes a
 * chunk for whole when its first and last bytes are. Why not a barrier before the last sector of
 * each chunk, which would do too: it costs a second flush for every group of writes. Why not the
 * sums in a file beside it, so that H2 alone could still read this one: that costs a second flush
 * too, and there would be two files to be of one time.
 */
@NullMarked
package dev.countersign.db.sealed;

import org.jspecify.annotations.NullMarked;
