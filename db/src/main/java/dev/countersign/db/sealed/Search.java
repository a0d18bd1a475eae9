package dev.countersign.db.sealed;

import dev.countersign.db.sealed.ChunkText.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What H2 is let see of its file while it looks for the newest state, from the opening to the first
 * write. H2 takes the two ends of a chunk for the whole, and whatever chunk it finds last in the
 * file for a part of the state; so it would take half a chunk that is newer than the sealed one, or
 * one that was given up long ago. Those lie where nothing else is, and are never come upon but by
 * such a search: so no chunk is shown that is as new as the sealed one, and no end of a chunk but
 * of one whose beginning was just asked for.
 */
final class Search {

  private final Blocks blocks;
  private final Seal newest;
  private long endAskedFor;

  Search(Blocks blocks, Seal newest) {
    this.blocks = blocks;
    this.newest = newest;
  }

  synchronized ByteBuffer read(long position, int length) throws IOException {
    boolean looks = length == ChunkText.HEADER_READ || length == ChunkText.FOOTER_READ;
    if (!looks) {
      return blocks.read(position, length);
    }
    ByteBuffer found;
    try {
      found = blocks.read(position, length);
    } catch (DamagedBlockException e) {
      // Of a chunk that was never whole, else H2 misses it
      return ByteBuffer.allocate(length);
    }
    Optional<Identity> chunk = ChunkText.identity(found);
    boolean shown = chunk.isEmpty() || isShown(chunk.get(), position, length);
    return shown ? found : ByteBuffer.allocate(found.remaining());
  }

  private boolean isShown(Identity chunk, long position, int length) {
    if (length == ChunkText.FOOTER_READ) {
      boolean asked = position == endAskedFor;
      endAskedFor = 0;
      return asked || position == end(newest.position(), newest.blocks());
    }
    if (position != newest.position() && chunk.version() >= newest.version()) {
      return false;
    }
    endAskedFor = end(position, chunk.blocks());
    return true;
  }

  private static long end(long position, int blocks) {
    return position + (long) blocks * Seal.BLOCK - ChunkText.FOOTER_READ;
  }
}
