package dev.countersign.db.sealed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.h2.mvstore.DataUtils;

/**
 * Names a chunk of H2's file and what its bytes must add up to. It is written into the first sector
 * of a block, behind a store header of H2's own kind for the same chunk, so that H2 without us
 * could open the file too.
 *
 * @param created when the store was made, as H2 writes it
 * @param version H2's number of the state that the chunk completes; it only grows
 * @param chunk H2's number of the chunk
 * @param block where it begins
 * @param blocks how long it is
 * @param checksum CRC-32C of all its bytes
 */
record Seal(String created, long version, int chunk, long block, int blocks, int checksum) {

  static final int BLOCK = 4096; // org.h2.mvstore.FileStore.BLOCK_SIZE
  static final int SECTOR = 512; // the most that every disk writes wholly or not at all

  /** Of H2's file; what is known here of its format holds for this one. */
  static final String FORMAT = "3";

  private static final int AT = 256;
  private static final long MAGIC = 0x434e5452_7365616cL; // "CNTRseal"
  private static final int BODY = 8 + 8 + 4 + 8 + 4 + 4;

  /** The sector to be written. */
  ByteBuffer sector() {
    ByteBuffer sector = ByteBuffer.allocate(SECTOR);
    sector.put(header());
    sector.position(AT);
    sector.putLong(MAGIC).putLong(version).putInt(chunk).putLong(block).putInt(blocks);
    sector.putInt(checksum);
    sector.putInt(checksum(sector.duplicate().position(AT).limit(AT + BODY)));
    return sector.rewind();
  }

  /** H2's store header for this chunk. */
  byte[] header() {
    String text =
        "H:2,block:"
            + Long.toHexString(block)
            + ",blockSize:1000,chunk:"
            + Integer.toHexString(chunk)
            + ",created:"
            + created
            + ",format:"
            + FORMAT
            + ",version:"
            + Long.toHexString(version);
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int fletcher = DataUtils.getFletcher32(bytes, 0, bytes.length);
    // H2 takes all up to the next comma for the value: the seal behind it must not count
    return (text + ",fletcher:" + Integer.toHexString(fletcher) + ",\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Empty when there is none, or it is damaged. */
  static Optional<Seal> read(ByteBuffer sector) {
    if (sector.remaining() < SECTOR || sector.getLong(AT) != MAGIC) {
      return Optional.empty();
    }
    ByteBuffer body = sector.duplicate().position(AT).limit(AT + BODY);
    if (sector.getInt(AT + BODY) != checksum(body.duplicate())) {
      return Optional.empty();
    }
    Optional<Map<String, String>> header = ChunkText.firstLine(sector.duplicate());
    if (header.isEmpty() || !header.get().containsKey("created")) {
      return Optional.empty();
    }
    body.getLong();
    Seal seal =
        new Seal(
            header.get().get("created"),
            body.getLong(),
            body.getInt(),
            body.getLong(),
            body.getInt(),
            body.getInt());
    return seal.block >= 2 && seal.blocks > 0 ? Optional.of(seal) : Optional.empty();
  }

  static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  long position() {
    return block * BLOCK;
  }

  long length() {
    return (long) blocks * BLOCK;
  }
}
