package dev.countersign.db.journal;

import static dev.countersign.db.journal.Format.BLOCK;
import static dev.countersign.db.journal.Format.HEAD;

import dev.countersign.db.journal.Format.Owner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * One of the files, to be written. All of it is written with zeros, and flushed, before a record
 * comes there: else each flush would have to change the file's length and its map of blocks as
 * well, which costs more than the record. Belongs to one thread at a time.
 */
final class JournalFile implements AutoCloseable {

  private static final int FIRST_SIZE = 64 * BLOCK;
  private static final int MOST_ADDED = 1024 * BLOCK;

  private final FileChannel channel;
  private Owner owner;
  private long size;
  private long end = BLOCK;

  private JournalFile(FileChannel channel, Owner owner) {
    this.channel = channel;
    this.owner = owner;
  }

  /** A new file; what was there is lost. */
  static JournalFile create(Path path, Owner owner) throws IOException {
    FileChannel channel = Format.path(path).open("rw");
    try {
      channel.truncate(0);
      JournalFile file = new JournalFile(channel, owner);
      file.mustHold(FIRST_SIZE);
      file.begin(owner);
      return file;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Forgets all that was in it; flushed with the next record. */
  void begin(Owner by) throws IOException {
    owner = by;
    end = BLOCK;
    Format.writeAll(channel, by.header(), 0);
  }

  /** Returns when the record is on the disk. */
  void append(long number, ByteBuffer changes) throws IOException {
    int length = changes.remaining();
    ByteBuffer record = ByteBuffer.allocate((int) Format.blocksFor((long) HEAD + length));
    record.putInt(length).putInt(owner.sum(number, changes)).putLong(number).put(changes).rewind();
    long next = end + record.remaining();
    mustHold(next);
    Format.writeAll(channel, record, end);
    channel.force(false);
    end = next;
  }

  /** How long what was appended since it was begun is. */
  long length() {
    return end - BLOCK;
  }

  private void mustHold(long needed) throws IOException {
    if (needed <= size) {
      return;
    }
    long more = Math.max(needed, Math.min(2 * size, size + MOST_ADDED));
    ByteBuffer zeros = ByteBuffer.allocate(64 * BLOCK);
    for (long at = size; at < more; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), more - at));
      Format.writeAll(channel, zeros, at);
    }
    channel.force(true);
    size = more;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
