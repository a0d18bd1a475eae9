package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * At most one writer in a credential folder. The kernel takes the lock back when its holder dies,
 * so it is never stale.
 */
final class FolderLock implements AutoCloseable {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  static FolderLock acquire(Path folder, Duration wait, Notices notices) {
    Path file = folder.resolve("lock");
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      long deadline = System.nanoTime() + wait.toNanos();
      boolean told = false;
      while (!tryLock(channel)) {
        if (!told) {
          notices.working("waiting for process " + holder(channel) + ", which writes to " + folder);
          told = true;
        }
        if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
          String holder = holder(channel);
          channel.close();
          throw new ClientException(
              Kind.LOCAL_FILES,
              "Another process ("
                  + holder
                  + ") has been writing to "
                  + folder
                  + " for longer than "
                  + wait.toSeconds()
                  + " s. Wait for it to end, or end it, and run the command again.");
        }
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
          0);
      return new FolderLock(channel);
    } catch (IOException e) {
      closeQuietly(channel);
      throw LocalFiles.failure("lock the credential folder", file, e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // another thread of this process
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(20);
    channel.read(pid, 0);
    String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).trim();
    return text.matches("[0-9]+") ? text : "unknown";
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The lock goes with the process; the failure that brought us here is told instead.
      }
    }
  }

  /** The file stays: removing it would let two writers lock two files of one name. */
  @Override
  public void close() {
    closeQuietly(channel);
  }
}
