package dev.countersign.db.sealed;

import dev.countersign.db.sealed.ChunkText.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

  private final FileChannel file;
  private final Seal newest;
  private long endAskedFor;

  Search(FileChannel file, Seal newest) {
    this.file = file;
    this.newest = newest;
  }

  synchronized int read(ByteBuffer target, long position) throws IOException {
    int length = target.remaining();
    ByteBuffer found = SealedFile.read(file, position, length);
    int read = found.remaining();
    if (read == 0 && length > 0) {
      return -1;
    }
    Optional<Identity> chunk =
        length == ChunkText.HEADER_READ || length == ChunkText.FOOTER_READ
            ? ChunkText.identity(found)
            : Optional.empty();
    boolean shown = chunk.isEmpty() || isShown(chunk.get(), position, length);
    target.put(shown ? found : ByteBuffer.allocate(read));
    return read;
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
