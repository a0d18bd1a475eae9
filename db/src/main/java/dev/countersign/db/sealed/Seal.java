package dev.countersign.db.sealed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.h2.mvstore.DataUtils;

/**
 * Names a chunk of H2's file and what its bytes must add up to. It is written into the first sector
 * of a block; H2 alone finds nothing there that it knows, and leaves the file alone.
 *
 * @param created when the store was made, as H2 counts it
 * @param version H2's number of the state that the chunk completes; it only grows
 * @param chunk H2's number of the chunk
 * @param block where it begins, as H2 counts
 * @param blocks how long it is
 * @param checksum CRC-32C of the sums of all its blocks
 */
record Seal(long created, long version, int chunk, long block, int blocks, int checksum) {

  static final int BLOCK = 4096; // org.h2.mvstore.FileStore.BLOCK_SIZE
  static final int SECTOR = 512; // the most that every disk writes wholly or not at all

  /** Of H2's file; what is known here of its format holds for this one. */
  static final String FORMAT = "3";

  private static final byte[] MAGIC =
      "Countersign database 1\n".getBytes(StandardCharsets.US_ASCII);

  private static final int AT = 32;
  private static final int BODY = 8 + 8 + 4 + 8 + 4 + 4;

  /** The sector to be written. */
  ByteBuffer sector() {
    ByteBuffer sector = ByteBuffer.allocate(SECTOR);
    sector.put(MAGIC).position(AT);
    sector.putLong(created).putLong(version).putInt(chunk).putLong(block).putInt(blocks);
    sector.putInt(checksum);
    sector.putInt(checksum(sector.duplicate().position(AT).limit(AT + BODY)));
    return sector.rewind();
  }

  /** Empty when there is none, or it is damaged. */
  static Optional<Seal> read(ByteBuffer sector) {
    if (sector.remaining() < SECTOR) {
      return Optional.empty();
    }
    byte[] magic = new byte[MAGIC.length];
    sector.duplicate().get(magic);
    ByteBuffer body = sector.duplicate().position(AT).limit(AT + BODY);
    if (!Arrays.equals(magic, MAGIC) || sector.getInt(AT + BODY) != checksum(body.duplicate())) {
      return Optional.empty();
    }
    Seal seal =
        new Seal(
            body.getLong(),
            body.getLong(),
            body.getInt(),
            body.getLong(),
            body.getInt(),
            body.getInt());
    return seal.block >= Blocks.FIRST && seal.blocks > 0 ? Optional.of(seal) : Optional.empty();
  }

  /** H2's store header for this chunk. */
  byte[] header() {
    String text =
        "H:2,block:"
            + Long.toHexString(block)
            + ",blockSize:1000,chunk:"
            + Integer.toHexString(chunk)
            + ",created:"
            + Long.toHexString(created)
            + ",format:"
            + FORMAT
            + ",version:"
            + Long.toHexString(version);
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int fletcher = DataUtils.getFletcher32(bytes, 0, bytes.length);
    return (text + ",fletcher:" + Integer.toHexString(fletcher) + "\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Of a chunk whose blocks have these sums. */
  static int checksum(int[] sums) {
    ByteBuffer bytes = ByteBuffer.allocate(sums.length * Integer.BYTES);
    bytes.asIntBuffer().put(sums);
    return checksum(bytes);
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  long position() {
    return block * BLOCK;
  }
}
