package dev.countersign.db.sealed;

import static dev.countersign.db.sealed.Seal.BLOCK;
import static dev.countersign.db.sealed.Seal.SECTOR;

import dev.countersign.db.sealed.ChunkText.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.Map;
import org.h2.store.fs.FileBaseDefault;
import org.jspecify.annotations.Nullable;

/**
 * H2's file with two seals in its first two blocks, which take turns. A chunk and its seal are
 * written together and flushed once: if a power cut comes before, the checksum in the seal tells
 * that the chunk is not whole, and the other seal still names the one before, which was flushed
 * before this one was begun.
 *
 * <p>When the file is opened, the newest chunk whose checksum is right is the newest that H2 is let
 * see, see {@link Search}. H2's own store headers are kept from the file, except for the first, of
 * a file without a chunk.
 */
final class SealedFile extends FileBaseDefault {

  private static final int HEADERS = 2 * BLOCK;

  private final FileChannel file;

  // Guarded by this; reading needs none of it but the three volatile ones.
  private volatile @Nullable Seal newest;
  private volatile @Nullable Search searching;
  private volatile boolean broken;
  private @Nullable String created;
  private int nextPlace;
  private long end; // what lies behind it is rubbish
  private boolean unflushed;

  private SealedFile(FileChannel file) {
    this.file = file;
  }

  static SealedFile over(FileChannel file) throws IOException {
    SealedFile sealed = new SealedFile(file);
    sealed.end = file.size();
    if (sealed.end > 0) {
      sealed.find();
    }
    return sealed;
  }

  private void find() throws IOException {
    @Nullable Seal[] seals = new Seal[2];
    for (int place = 0; place < 2; place++) {
      seals[place] = Seal.read(read((long) place * BLOCK, SECTOR)).orElse(null);
    }
    int newer = version(seals[1]) > version(seals[0]) ? 1 : 0;
    for (int place : new int[] {newer, 1 - newer}) {
      Seal seal = seals[place];
      if (seal != null && isWhole(seal)) {
        newest = seal;
        created = seal.created();
        nextPlace = 1 - place;
        searching = new Search(file, seal);
        return;
      }
    }
    if (seals[newer] != null) {
      throw new IOException(
          "neither of the last two chunks is whole: versions "
              + version(seals[newer])
              + " and "
              + version(seals[1 - newer]));
    }
    // No chunk yet, or a file of H2 alone: H2 finds out, and whoever asked for it
    created = ChunkText.firstLine(read(0, SECTOR)).map(line -> line.get("created")).orElse(null);
  }

  private static long version(@Nullable Seal seal) {
    return seal == null ? -1 : seal.version();
  }

  private boolean isWhole(Seal seal) throws IOException {
    if (seal.position() + seal.length() > file.size() || seal.length() > Integer.MAX_VALUE) {
      return false;
    }
    return Seal.checksum(read(seal.position(), (int) seal.length())) == seal.checksum();
  }

  private ByteBuffer read(long position, int length) throws IOException {
    return read(file, position, length);
  }

  /** Fewer bytes only at the end of the file. */
  static ByteBuffer read(FileChannel file, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, position + bytes.position()) < 0) {
        break;
      }
    }
    return bytes.flip();
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    Seal seal = newest;
    if (position < HEADERS && seal != null) {
      return readHeaders(seal, target, (int) position);
    }
    Search search = searching;
    return search == null ? file.read(target, position) : search.read(target, position);
  }

  private static int readHeaders(Seal seal, ByteBuffer target, int position) {
    ByteBuffer headers = ByteBuffer.allocate(HEADERS);
    headers.put(seal.header());
    headers.position(BLOCK).put(seal.header());
    int length = Math.min(target.remaining(), HEADERS - position);
    headers.clear().position(position).limit(position + length);
    target.put(headers);
    return length;
  }

  @Override
  public synchronized int write(ByteBuffer source, long position) throws IOException {
    mustNotBeBroken();
    int length = source.remaining();
    try {
      if (position < HEADERS) {
        writeHeaders(source, position);
      } else {
        searching = null;
        writeChunk(source, position);
      }
    } catch (IOException e) {
      broken = true;
      throw e;
    }
    return length;
  }

  private void writeHeaders(ByteBuffer source, long position) throws IOException {
    if (newest == null) {
      Map<String, String> line =
          ChunkText.firstLine(source).orElseThrow(() -> unknown("a store header"));
      if (!Seal.FORMAT.equals(line.get("format"))) {
        throw unknown("format " + line.get("format"));
      }
      created = line.get("created");
      writeAll(source, position);
      unflushed = true;
    }
    source.position(source.limit()); // the seals say it, and at the right time
  }

  private void writeChunk(ByteBuffer source, long position) throws IOException {
    Identity chunk =
        ChunkText.identity(source).orElseThrow(() -> unknown("a write without a chunk"));
    int length = source.remaining();
    String made = created;
    if (made == null || position % BLOCK != 0 || length != (long) chunk.blocks() * BLOCK) {
      throw unknown("a write of " + length + " bytes at " + position);
    }
    if (chunk.version() <= version(newest)) {
      // When H2 moves chunks it may write over what the state that was flushed still needs.
      throw unknown("an old chunk is moved");
    }
    if (unflushed) {
      flush();
    }
    int checksum = Seal.checksum(source.duplicate());
    writeAll(source, position);
    Seal seal =
        new Seal(made, chunk.version(), chunk.chunk(), position / BLOCK, chunk.blocks(), checksum);
    writeAll(seal.sector(), (long) nextPlace * BLOCK);
    unflushed = true;
    nextPlace = 1 - nextPlace;
    newest = seal;
  }

  private static IOException unknown(String what) {
    return new IOException("H2 writes its file in a way that is not known here: " + what);
  }

  private void writeAll(ByteBuffer source, long position) throws IOException {
    long at = position;
    while (source.hasRemaining()) {
      at += file.write(source, at);
    }
    end = Math.max(end, at);
  }

  @Override
  public synchronized void force(boolean metaData) throws IOException {
    mustNotBeBroken();
    try {
      flush();
    } catch (IOException e) {
      broken = true; // a second flush would say "ok" without what the first one lost
      throw e;
    }
  }

  private void flush() throws IOException {
    file.force(false);
    unflushed = false;
  }

  /**
   * Only remembers it: H2 cuts the file whenever its last chunk is free and needs the room again in
   * a moment, and both make the next flush slow.
   */
  @Override
  protected synchronized void implTruncate(long size) {
    end = size;
  }

  private void mustNotBeBroken() throws IOException {
    if (broken) {
      throw new IOException("an earlier write or flush of this file has failed");
    }
  }

  @Override
  public synchronized long size() {
    return end;
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return file.tryLock(position, size, shared);
  }

  @Override
  protected synchronized void implCloseChannel() throws IOException {
    try (file) {
      if (!broken && end < file.size()) {
        flush();
        file.truncate(end);
      }
    }
  }
}
