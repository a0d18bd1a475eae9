package dev.countersign.db.journal;

import dev.countersign.db.sealed.SealedPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.h2.store.fs.FilePath;

/**
 * What a file of the journal looks like: a block that says whose it is, then records, each from the
 * beginning of a block, so that no write touches a block in which something flushed stands. The sum
 * of a record is also one over whose it is: what is left of an earlier use of the file does not
 * pass for a record.
 */
final class Format {

  static final int BLOCK = 4096;

  /** Length, sum and number. */
  static final int HEAD = 4 + 4 + 8;

  private static final long MAGIC = 0x434e5452_6a6e6c31L; // "CNTRjnl1"
  private static final int HEADER = 8 + 8 + 8;

  /**
   * Whose a file is.
   *
   * @param lineage drawn each time a database is opened, and kept in it
   * @param turn counts the uses of the files; what is in a later one follows
   */
  record Owner(long lineage, long turn) {

    ByteBuffer header() {
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      block.putLong(MAGIC).putLong(lineage).putLong(turn);
      CRC32C crc = new CRC32C();
      crc.update(block.duplicate().flip());
      return block.putInt((int) crc.getValue()).rewind();
    }

    /** Empty when there is none, or it is damaged. */
    static Optional<Owner> read(ByteBuffer block) {
      if (block.remaining() < HEADER + Integer.BYTES || block.getLong(0) != MAGIC) {
        return Optional.empty();
      }
      CRC32C crc = new CRC32C();
      crc.update(block.duplicate().limit(HEADER));
      return block.getInt(HEADER) == (int) crc.getValue()
          ? Optional.of(new Owner(block.getLong(8), block.getLong(16)))
          : Optional.empty();
    }

    /** Of a record whose changes are what remains of the buffer. */
    int sum(long number, ByteBuffer changes) {
      ByteBuffer head = ByteBuffer.allocate(4 * Long.BYTES);
      head.putLong(lineage).putLong(turn).putLong(number).putLong(changes.remaining());
      CRC32C crc = new CRC32C();
      crc.update(head.flip());
      crc.update(changes.duplicate());
      return (int) crc.getValue();
    }
  }

  private Format() {}

  static long blocksFor(long bytes) {
    return (bytes + BLOCK - 1) / BLOCK * BLOCK;
  }

  /** Through H2, so that whoever stands between H2 and the disk sees these files too. */
  static FilePath path(Path file) {
    return FilePath.get(SealedPath.FILE + file);
  }

  static void writeAll(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }
}
