package dev.countersign.db.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/** In the place of H2's scheme {@code file:}; writes down what happens in the folder recorded. */
public final class RecordingPath extends FilePathWrapper {

  private static final AtomicReference<@Nullable Recording> CURRENT = new AtomicReference<>();

  /** What is opened from now on, in the recording's folder, is written down. */
  static void start(Recording recording) {
    FilePath.register(new RecordingPath());
    CURRENT.set(recording);
  }

  static void stop() {
    CURRENT.set(null);
  }

  @Override
  public String getScheme() {
    return "file";
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    FileChannel file = super.open(mode);
    Recording recording = CURRENT.get();
    return recording != null && recording.watches(name)
        ? new Recorded(file, name.replaceAll(".*/", ""), recording)
        : file;
  }

  /** As if it were cut to nothing, which is how an image has it. */
  @Override
  public void delete() {
    Recording recording = CURRENT.get();
    if (recording != null && recording.watches(name)) {
      recording.truncate(name.replaceAll(".*/", ""), 0);
    }
    super.delete();
  }

  private static final class Recorded extends FileBaseDefault {

    private final FileChannel file;
    private final String name;
    private final Recording recording;

    Recorded(FileChannel file, String name, Recording recording) {
      this.file = file;
      this.name = name;
      this.recording = recording;
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      recording.write(name, position, source);
      int length = source.remaining();
      long at = position;
      while (source.hasRemaining()) {
        at += file.write(source, at);
      }
      return length;
    }

    @Override
    public void force(boolean metaData) throws IOException {
      if (recording.failsFlushesOf(name)) {
        throw new IOException("the disk is gone");
      }
      int before = recording.now();
      file.force(metaData);
      recording.flushed(name, before);
    }

    @Override
    protected void implTruncate(long size) throws IOException {
      recording.truncate(name, size);
      file.truncate(size);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }
}
