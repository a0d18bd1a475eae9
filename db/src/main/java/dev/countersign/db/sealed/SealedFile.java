package dev.countersign.db.sealed;

import static dev.countersign.db.sealed.Seal.BLOCK;
import static dev.countersign.db.sealed.Seal.SECTOR;

import dev.countersign.db.sealed.ChunkText.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.Map;
import java.util.Optional;
import org.h2.store.fs.FileBaseDefault;
import org.jspecify.annotations.Nullable;

/**
 * H2's file with two seals in its first two blocks, which take turns, and a sum for each block
 * behind them, see {@link Blocks}. A chunk, its sums and its seal are written together and flushed
 * once: if a power cut comes before, the checksum in the seal tells that the chunk is not whole,
 * and the other seal still names the one before, which was flushed before this one was begun. Of
 * the chunk that is proved whole by its seal the sums may be missing, and are then written again;
 * of all others they were flushed.
 *
 * <p>When the file is opened, the newest chunk whose checksum is right is the newest that H2 is let
 * see, see {@link Search}. H2's own store headers are kept from the file.
 */
final class SealedFile extends FileBaseDefault {

  private static final int HEADERS = Blocks.FIRST * BLOCK;

  private final FileChannel file;
  private final boolean writable;
  private final Blocks blocks;

  // Guarded by this; reading needs none of it but the volatile ones.
  private volatile @Nullable Seal newest;
  private volatile @Nullable Search searching;
  private volatile @Nullable DamagedBlockException damaged;
  private volatile boolean broken;
  private @Nullable Long created;
  private int nextPlace;
  private long end; // what lies behind it is rubbish
  private boolean unflushed;

  /**
   * The file as H2 sees it, once {@link #find} was called.
   *
   * @param name of it, for messages
   * @param writable whether this process may write to it
   */
  SealedFile(FileChannel file, String name, boolean writable) {
    this.file = file;
    this.writable = writable;
    this.blocks = new Blocks(file, name);
  }

  /**
   * Looks what is in the file, and writes again the sums that were not flushed.
   *
   * @throws ForeignFileException when it is H2's, but not ours
   * @throws IOException when it is damaged
   */
  synchronized void find() throws IOException {
    if (file.size() == 0) {
      return;
    }
    @Nullable Seal[] seals = seals(file);
    int newer = version(seals[1]) > version(seals[0]) ? 1 : 0;
    if (seals[newer] == null) {
      if (ChunkText.firstLine(sector(file, 0)).filter(line -> line.containsKey("H")).isPresent()) {
        throw new ForeignFileException();
      }
      throw new IOException("there is no seal in this file");
    }
    end = Blocks.endOf(file.size()) * BLOCK;
    for (int place : new int[] {newer, 1 - newer}) {
      Seal seal = seals[place];
      if (seal != null && isWhole(seal)) {
        newest = seal;
        created = seal.created();
        nextPlace = 1 - place;
        searching = new Search(blocks, seal);
        return;
      }
    }
    throw new IOException(
        "neither of the last two chunks is whole: versions "
            + version(seals[newer])
            + " and "
            + version(seals[1 - newer]));
  }

  static long version(@Nullable Seal seal) {
    return seal == null ? -1 : seal.version();
  }

  private boolean isWhole(Seal seal) throws IOException {
    Optional<int[]> sums = blocks.proved(seal);
    if (sums.isPresent() && writable) {
      unflushed |= blocks.record(sums.get(), seal.block());
    } else if (sums.isPresent()) {
      blocks.take(sums.get(), seal.block());
    }
    return sums.isPresent();
  }

  /** What stands in the places of the two; null where there is none, or half of one. */
  static @Nullable Seal[] seals(FileChannel file) throws IOException {
    @Nullable Seal[] seals = new Seal[Blocks.FIRST];
    for (int place = 0; place < seals.length; place++) {
      seals[place] = Seal.read(sector(file, (long) place * BLOCK)).orElse(null);
    }
    return seals;
  }

  private static ByteBuffer sector(FileChannel file, long place) throws IOException {
    ByteBuffer sector = ByteBuffer.allocate(SECTOR);
    while (sector.hasRemaining() && file.read(sector, place + sector.position()) >= 0) {
      continue;
    }
    return sector.flip();
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    Seal seal = newest;
    if (seal == null) {
      throw unknown("it reads before it has written");
    }
    if (position < HEADERS) {
      return readHeaders(seal, target, (int) position);
    }
    mustNotBeDamaged();
    Search search = searching;
    if (search != null) {
      return readOrRemember(target, position, search::read);
    }
    return readOrRemember(target, position, blocks::read);
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

  @FunctionalInterface
  private interface Reading {
    ByteBuffer read(long position, int length) throws IOException;
  }

  private int readOrRemember(ByteBuffer target, long position, Reading reading) throws IOException {
    int length = target.remaining();
    if (length == 0) {
      return 0;
    }
    ByteBuffer found;
    try {
      found = reading.read(position, length);
    } catch (DamagedBlockException e) {
      found = readAgain(position, length, reading);
    }
    int read = found.remaining();
    target.put(found);
    return read == 0 ? -1 : read;
  }

  /** While nobody writes: a block and its sum are not written in one step. */
  private synchronized ByteBuffer readAgain(long position, int length, Reading reading)
      throws IOException {
    try {
      return reading.read(position, length);
    } catch (DamagedBlockException e) {
      damaged = e; // so that H2 makes do with nothing older, and writes nothing that rests on it
      throw e;
    }
  }

  @Override
  public synchronized int write(ByteBuffer source, long position) throws IOException {
    mustNotBeBroken();
    int length = source.remaining();
    try {
      if (position < HEADERS) {
        writeHeaders(source);
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

  private void writeHeaders(ByteBuffer source) throws IOException {
    if (newest == null) {
      Map<String, String> line =
          ChunkText.firstLine(source).orElseThrow(() -> unknown("a store header"));
      if (!Seal.FORMAT.equals(line.get("format"))) {
        throw unknown("format " + line.get("format"));
      }
      created = Long.parseUnsignedLong(line.getOrDefault("created", "0"), 16);
      end = Math.max(end, HEADERS);
    }
    source.position(source.limit()); // the seals say it, and at the right time
  }

  private void writeChunk(ByteBuffer source, long position) throws IOException {
    Identity chunk =
        ChunkText.identity(source).orElseThrow(() -> unknown("a write without a chunk"));
    int length = source.remaining();
    Long made = created;
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
    int[] sums = Blocks.sumsOf(source);
    long block = position / BLOCK;
    blocks.write(source, sums, block);
    Seal seal =
        new Seal(made, chunk.version(), chunk.chunk(), block, chunk.blocks(), Seal.checksum(sums));
    writeAll(seal.sector(), (long) nextPlace * BLOCK);
    end = Math.max(end, position + length);
    unflushed = true;
    nextPlace = 1 - nextPlace;
    newest = seal;
  }

  private static IOException unknown(String what) {
    return new IOException("H2 writes its file in a way that is not known here: " + what);
  }

  private void writeAll(ByteBuffer source, long position) throws IOException {
    while (source.hasRemaining()) {
      file.write(source, position + source.position());
    }
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
    mustNotBeDamaged();
    if (broken) {
      throw new IOException("an earlier write or flush of this file has failed");
    }
  }

  private void mustNotBeDamaged() throws DamagedBlockException {
    DamagedBlockException found = damaged;
    if (found != null) {
      throw found;
    }
  }

  @Override
  public synchronized long size() {
    return end;
  }

  @Override
  public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
    FileLock lock = file.tryLock(position, size, shared);
    if (lock != null) {
      find(); // not before: another process may be writing
    }
    return lock;
  }

  @Override
  protected synchronized void implCloseChannel() throws IOException {
    try (file) {
      long size = Blocks.sizeUpTo(end / BLOCK);
      if (writable && !broken && newest != null && size < file.size()) {
        flush();
        file.truncate(size);
      }
    }
  }
}
