package dev.countersign.db;

import dev.countersign.db.sealed.SealedPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.h2.store.fs.FilePath;

/**
 * The number of the last group of writes that anybody was told of, in a small file beside the
 * embedded database. H2 opens a file that was cut short, or an older copy of it, without a word at
 * whatever older state it finds, and revocations would be gone; with this number that is noticed.
 *
 * <p>Two places take turns, so that a write that is cut off by a power cut spoils only the number
 * that nobody was told of. Belongs to the committing thread.
 */
final class Acknowledged implements AutoCloseable {

  private static final int PLACE = 4096; // a block each, so that they never share a write
  private static final int RECORD = 32;
  private static final long MAGIC = 0x434e5452_61636b31L; // "CNTRack1"

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(RECORD);

  private Acknowledged(FileChannel channel) {
    this.channel = channel;
  }

  static Path beside(Path database) {
    String name = String.valueOf(database.getFileName()).replaceFirst("\\.mv\\.db$", "");
    return database.resolveSibling(name + ".acknowledged");
  }

  static Acknowledged open(Path file) throws IOException {
    FilePath path = path(file);
    if (!path.exists()) {
      throw new NoSuchFileException(file.toString());
    }
    return new Acknowledged(path.open("rw"));
  }

  /** A new file with this number; what was there is lost. */
  static void create(Path file, long number) throws IOException {
    try (FileChannel channel = path(file).open("rw")) {
      channel.truncate(0);
      // All of it written once, so that later writes change no metadata and cost one short flush
      ByteBuffer whole = ByteBuffer.allocate(2 * PLACE);
      whole.put(record(ByteBuffer.allocate(RECORD), number));
      whole.position(PLACE).put(record(ByteBuffer.allocate(RECORD), number)).rewind();
      writeAll(channel, whole, 0);
      channel.force(true);
    }
    Folders.keep(file);
  }

  /** Through H2, so that whoever stands between H2 and the disk sees this file too. */
  private static FilePath path(Path file) {
    return FilePath.get(SealedPath.FILE + file);
  }

  /** Empty when neither place holds a number: the file is damaged. */
  OptionalLong number() throws IOException {
    OptionalLong first = read(0);
    OptionalLong second = read(PLACE);
    return first.isPresent() && second.isPresent()
        ? OptionalLong.of(Math.max(first.getAsLong(), second.getAsLong()))
        : first.isPresent() ? first : second;
  }

  /** Returns when the number is on the disk. */
  void advance(long number) throws IOException {
    writeAll(channel, record(buffer, number), (number & 1) * PLACE);
    channel.force(false);
  }

  private static ByteBuffer record(ByteBuffer into, long number) {
    into.clear();
    into.putLong(MAGIC).putLong(number).putLong(0); // eight bytes for a later release
    into.putLong(checksum(into)).flip();
    return into;
  }

  private OptionalLong read(long position) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(RECORD);
    int read = 0;
    while (bytes.hasRemaining() && read >= 0) {
      read = channel.read(bytes, position + bytes.position());
    }
    boolean whole =
        !bytes.hasRemaining()
            && bytes.getLong(0) == MAGIC
            && bytes.getLong(RECORD - Long.BYTES) == checksum(bytes);
    return whole ? OptionalLong.of(bytes.getLong(Long.BYTES)) : OptionalLong.empty();
  }

  private static long checksum(ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(record.duplicate().position(0).limit(RECORD - Long.BYTES));
    return crc.getValue();
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
