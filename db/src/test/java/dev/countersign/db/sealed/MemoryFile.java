package dev.countersign.db.sealed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.h2.store.fs.FileBaseDefault;

/** A file in memory whose flushes can be made to fail. */
final class MemoryFile extends FileBaseDefault {

  private byte[] bytes = new byte[0];
  private int flushes;
  private boolean failing;

  MemoryFile copy() {
    MemoryFile copy = new MemoryFile();
    copy.bytes = bytes.clone();
    return copy;
  }

  void failAtTheNextFlush() {
    failing = true;
  }

  int flushes() {
    return flushes;
  }

  void flip(long position) {
    bytes[(int) position] ^= 1;
  }

  @Override
  public int write(ByteBuffer source, long position) {
    int length = source.remaining();
    int end = (int) position + length;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, end);
    }
    source.get(bytes, (int) position, length);
    return length;
  }

  @Override
  public int read(ByteBuffer target, long position) {
    if (position >= bytes.length) {
      return -1;
    }
    int length = Math.min(target.remaining(), bytes.length - (int) position);
    target.put(bytes, (int) position, length);
    return length;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  protected void implTruncate(long size) {
    bytes = Arrays.copyOf(bytes, (int) size);
  }

  @Override
  public void force(boolean metaData) throws IOException {
    if (failing) {
      failing = false;
      throw new IOException("the disk is gone");
    }
    flushes++;
  }
}
