package dev.countersign.db.sealed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.HashMap;
import java.util.Map;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The scheme {@code scratch:} of H2's file names: the file is only read, and what is written to it
 * is kept in memory until it is closed. For whoever looks at a database as it will be when its
 * journal is put back, and changes nothing.
 */
public final class ScratchPath extends FilePathWrapper {

  public static final String SCHEME = "scratch";

  private static boolean registered;

  /** Before H2 is given such a name; repeating it does nothing. */
  public static synchronized void register() {
    if (!registered) {
      FilePath.register(new ScratchPath());
      registered = true;
    }
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public boolean canWrite() {
    return true;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    return name.endsWith(SealedPath.DATABASE) ? new Scratch(super.open("r")) : super.open(mode);
  }

  private static final class Scratch extends FileBaseDefault {

    private final FileChannel file;
    private final Map<Long, byte[]> written = new HashMap<>(); // by number of the block
    private long size;

    Scratch(FileChannel file) throws IOException {
      this.file = file;
      this.size = file.size();
    }

    @Override
    public synchronized int read(ByteBuffer target, long position) throws IOException {
      int length = (int) Math.min(target.remaining(), size - position);
      if (length <= 0) {
        return target.hasRemaining() ? -1 : 0;
      }
      for (int done = 0; done < length; ) {
        int in = (int) ((position + done) % Seal.BLOCK);
        int piece = Math.min(length - done, Seal.BLOCK - in);
        target.put(block((position + done) / Seal.BLOCK), in, piece);
        done += piece;
      }
      return length;
    }

    private byte[] block(long number) throws IOException {
      byte[] mine = written.get(number);
      if (mine != null) {
        return mine;
      }
      ByteBuffer read = ByteBuffer.allocate(Seal.BLOCK);
      while (read.hasRemaining() && file.read(read, number * Seal.BLOCK + read.position()) >= 0) {
        continue;
      }
      return read.array();
    }

    @Override
    public synchronized int write(ByteBuffer source, long position) throws IOException {
      int length = source.remaining();
      for (int done = 0; done < length; ) {
        long number = (position + done) / Seal.BLOCK;
        int in = (int) ((position + done) % Seal.BLOCK);
        int piece = Math.min(length - done, Seal.BLOCK - in);
        byte[] block = block(number);
        source.get(block, in, piece);
        written.put(number, block);
        done += piece;
      }
      size = Math.max(size, position + length);
      return length;
    }

    @Override
    protected synchronized void implTruncate(long to) {
      size = Math.min(size, to);
    }

    @Override
    public synchronized long size() {
      return size;
    }

    @Override
    public void force(boolean metaData) {
      // Nothing is kept
    }

    /** As for reading, which the file is opened for. */
    @Override
    public @Nullable FileLock tryLock(long position, long length, boolean shared)
        throws IOException {
      return file.tryLock(position, length, true);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }
}
