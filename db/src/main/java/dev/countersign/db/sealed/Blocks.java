package dev.countersign.db.sealed;

import static dev.countersign.db.sealed.Seal.BLOCK;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where H2's blocks lie in the file, and what each must add up to. Behind the two blocks of the
 * seals come groups: a block of sums, then the 1024 blocks that they are the CRC-32C of. So a block
 * and its sum are flushed by one flush, and neither can be lost, restored or copied without the
 * other; a block that was put in another's place does not pass for it.
 *
 * <p>Positions and numbers of blocks are H2's if nothing else is said.
 */
final class Blocks {

  /** Of a group. */
  static final int TOGETHER = BLOCK / Integer.BYTES;

  /** The two before it are the seals'. */
  static final int FIRST = 2;

  private final FileChannel file;
  private final String name;
  private long provedFrom;
  private int[] proved = {};

  /**
   * The blocks of a file.
   *
   * @param name of it, for messages
   */
  Blocks(FileChannel file, String name) {
    this.file = file;
    this.name = name;
  }

  /** Where in the file this block begins. */
  static long place(long block) {
    return (block + (block - FIRST) / TOGETHER + 1) * BLOCK;
  }

  /** Where in the file the sum of this block stands. */
  static long placeOfSum(long block) {
    long index = block - FIRST;
    return (FIRST + index / TOGETHER * (TOGETHER + 1)) * BLOCK + index % TOGETHER * Integer.BYTES;
  }

  /** How long the file is that ends with the block before this one. */
  static long sizeUpTo(long block) {
    return block <= FIRST ? block * BLOCK : place(block - 1) + BLOCK;
  }

  /** The block behind the last whole one of a file of this size. */
  static long endOf(long size) {
    long blocks = size / BLOCK;
    if (blocks <= FIRST) {
      return blocks;
    }
    long behind = blocks - FIRST;
    long rest = behind % (TOGETHER + 1);
    return FIRST + behind / (TOGETHER + 1) * TOGETHER + Math.max(0, rest - 1);
  }

  /** So many of these blocks lie one behind the other in the file, and so do their sums. */
  private static int together(long block, long blocks) {
    return (int) Math.min(blocks, TOGETHER - (block - FIRST) % TOGETHER);
  }

  /**
   * Fewer bytes only at the end of the file.
   *
   * @throws DamagedBlockException when one of the blocks is not what was written
   */
  ByteBuffer read(long position, int length) throws IOException {
    long first = position / BLOCK;
    int blocks = (int) ((position + length + BLOCK - 1) / BLOCK - first);
    ByteBuffer bytes = ByteBuffer.allocate(blocks * BLOCK);
    int done = 0;
    int missing = 0;
    while (done < blocks && missing == 0) {
      int piece = together(first + done, blocks - done);
      ByteBuffer read = bytes.slice(done * BLOCK, piece * BLOCK);
      int found = fill(read, place(first + done)) / BLOCK;
      int damaged = firstDamaged(sumsOf(read.flip(), found), recorded(first + done, found));
      if (damaged >= 0) {
        throw new DamagedBlockException(name, first + done + damaged);
      }
      done += found;
      missing = piece - found;
    }
    int from = Math.min((int) (position - first * BLOCK), done * BLOCK);
    return bytes.position(from).limit(Math.min(from + length, done * BLOCK));
  }

  private static int firstDamaged(int[] sums, int[] recorded) {
    for (int i = 0; i < sums.length; i++) {
      if (sums[i] != recorded[i]) {
        return i;
      }
    }
    return -1;
  }

  /** The sums of these blocks as they stand in the file. */
  int[] recorded(long block, int blocks) throws IOException {
    int[] sums = new int[blocks];
    int done = 0;
    while (done < blocks) {
      int piece = together(block + done, blocks - done);
      ByteBuffer bytes = ByteBuffer.allocate(piece * Integer.BYTES);
      fill(bytes, placeOfSum(block + done));
      bytes.rewind().asIntBuffer().get(sums, done, piece);
      done += piece;
    }
    for (int i = 0; i < blocks && proved.length > 0; i++) {
      long index = block + i - provedFrom;
      if (index >= 0 && index < proved.length) {
        sums[i] = proved[(int) index];
      }
    }
    return sums;
  }

  /** Whole blocks with their sums, which a flush of the file flushes. */
  void write(ByteBuffer source, int[] sums, long block) throws IOException {
    int done = 0;
    while (done < sums.length) {
      int piece = together(block + done, sums.length - done);
      write(source.slice(source.position() + done * BLOCK, piece * BLOCK), place(block + done));
      writeSums(sums, done, piece, block + done);
      done += piece;
    }
    source.position(source.limit());
  }

  private void writeSums(int[] sums, int from, int count, long block) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count * Integer.BYTES);
    bytes.asIntBuffer().put(sums, from, count);
    write(bytes, placeOfSum(block));
  }

  /** Of so many blocks as they are in the file; fewer when it ends before. */
  int[] sumsOf(long block, int blocks) throws IOException {
    int[] sums = new int[blocks];
    int done = 0;
    while (done < blocks) {
      int piece = together(block + done, blocks - done);
      ByteBuffer read = ByteBuffer.allocate(piece * BLOCK);
      int found = fill(read, place(block + done)) / BLOCK;
      System.arraycopy(sumsOf(read.flip(), found), 0, sums, done, found);
      done += found;
      if (found < piece) {
        return Arrays.copyOf(sums, done);
      }
    }
    return sums;
  }

  /** The sums of this seal's blocks, if they are what it says; else empty. */
  Optional<int[]> proved(Seal seal) throws IOException {
    if (seal.block() + seal.blocks() > endOf(file.size())) {
      return Optional.empty();
    }
    int[] sums = sumsOf(seal.block(), seal.blocks());
    return sums.length == seal.blocks() && Seal.checksum(sums) == seal.checksum()
        ? Optional.of(sums)
        : Optional.empty();
  }

  /** From now on these count, whatever stands in the file; for who may not write. */
  void take(int[] sums, long block) {
    proved = sums;
    provedFrom = block;
  }

  /**
   * Records the sums of blocks that are proved whole.
   *
   * @return whether anything else was recorded, so that the file needs a flush
   */
  boolean record(int[] sums, long block) throws IOException {
    if (Arrays.equals(sums, recorded(block, sums.length))) {
      return false;
    }
    int done = 0;
    while (done < sums.length) {
      int piece = together(block + done, sums.length - done);
      writeSums(sums, done, piece, block + done);
      done += piece;
    }
    return true;
  }

  static int[] sumsOf(ByteBuffer bytes) {
    return sumsOf(bytes, bytes.remaining() / BLOCK);
  }

  private static int[] sumsOf(ByteBuffer bytes, int blocks) {
    CRC32C crc = new CRC32C();
    int[] sums = new int[blocks];
    for (int i = 0; i < blocks; i++) {
      crc.reset();
      crc.update(bytes.slice(bytes.position() + i * BLOCK, BLOCK));
      sums[i] = (int) crc.getValue();
    }
    return sums;
  }

  /** The number of bytes found; fewer than there is room for only at the end of the file. */
  private int fill(ByteBuffer bytes, long place) throws IOException {
    while (bytes.hasRemaining() && file.read(bytes, place + bytes.position()) >= 0) {
      continue;
    }
    return bytes.position();
  }

  private void write(ByteBuffer bytes, long place) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes, place + bytes.position());
    }
  }
}
