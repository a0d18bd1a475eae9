package dev.countersign.db.journal;

import static dev.countersign.db.journal.Format.BLOCK;
import static dev.countersign.db.journal.Format.HEAD;

import dev.countersign.db.journal.Format.Owner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.h2.store.fs.FilePath;

/** One of the files, read from its first record to the first that is not whole. */
public final class JournalReader implements AutoCloseable {

  private final Path path;
  private final FileChannel channel;
  private final Owner owner;
  private long at = BLOCK;

  private JournalReader(Path path, FileChannel channel, Owner owner) {
    this.path = path;
    this.channel = channel;
    this.owner = owner;
  }

  /** Those of the files that say whose they are, in the order in which they were written. */
  public static List<JournalReader> open(Path database) throws IOException {
    List<JournalReader> readers = new ArrayList<>();
    try {
      for (Path file : Journal.files(database)) {
        open(file, readers);
      }
    } catch (IOException e) {
      close(readers);
      throw e;
    }
    readers.sort(Comparator.comparingLong(reader -> reader.owner.turn()));
    return readers;
  }

  private static void open(Path file, List<JournalReader> readers) throws IOException {
    FilePath path = Format.path(file);
    if (!path.exists()) {
      return;
    }
    FileChannel channel = path.open("r");
    try {
      Optional<Owner> owner = Owner.read(bytes(channel, 0, BLOCK));
      if (owner.isPresent()) {
        readers.add(new JournalReader(file, channel, owner.get()));
        return;
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
  }

  public static void close(List<JournalReader> readers) throws IOException {
    for (JournalReader reader : readers) {
      reader.close();
    }
  }

  public Path path() {
    return path;
  }

  public long lineage() {
    return owner.lineage();
  }

  /** Where in the file the next record should begin. */
  public long position() {
    return at;
  }

  /** Empty behind the last one that is whole. */
  public Optional<Entry> next() throws IOException {
    ByteBuffer head = bytes(channel, at, HEAD);
    if (head.remaining() < HEAD) {
      return Optional.empty();
    }
    int length = head.getInt();
    int sum = head.getInt();
    long number = head.getLong();
    if (length < 0 || length > Journal.MOST || at + HEAD + length > channel.size()) {
      return Optional.empty();
    }
    ByteBuffer changes = bytes(channel, at + HEAD, length);
    if (changes.remaining() < length || owner.sum(number, changes) != sum) {
      return Optional.empty();
    }
    at += Format.blocksFor((long) HEAD + length);
    return Optional.of(new Entry(number, changes));
  }

  /** Reads it once more from the first record. */
  public void rewind() {
    at = BLOCK;
  }

  private static ByteBuffer bytes(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
      continue;
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
