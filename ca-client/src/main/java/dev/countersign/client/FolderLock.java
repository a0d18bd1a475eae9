package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * At most one writer in a credential folder. The kernel takes the lock back when its holder dies,
 * so it is never stale.
 */
final class FolderLock implements AutoCloseable {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  // Written before the file is removed, for those who have it open and wait
  private static final byte[] REMOVED = "removed\n".getBytes(StandardCharsets.US_ASCII);

  /** Who had the lock has taken the folder away. */
  static final class RemovedException extends IOException {
    private static final long serialVersionUID = 1L;

    RemovedException(Path folder) {
      super(folder + " was taken away by another process");
    }
  }

  private final Path file;
  private final FileChannel channel;
  private final List<Path> made;

  private FolderLock(Path file, FileChannel channel, List<Path> made) {
    this.file = file;
    this.channel = channel;
    this.made = made;
  }

  /**
   * Waits until nobody else writes.
   *
   * @param made folders that were made for this, the outermost first
   * @throws RemovedException when the folder has to be made again first
   */
  static FolderLock acquire(Path folder, List<Path> made, Duration wait, Notices notices)
      throws RemovedException {
    Path file = folder.resolve("lock");
    List<Path> all = new ArrayList<>(made);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      all.add(file);
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS),
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
      if (Arrays.equals(content(channel), REMOVED)) {
        throw new RemovedException(folder);
      }
      write(channel, (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
      return new FolderLock(file, channel, all);
    } catch (RemovedException | NoSuchFileException e) {
      closeQuietly(channel);
      throw new RemovedException(folder);
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

  private static byte[] content(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(20); // a process id, or that it was removed
    channel.read(content, 0);
    return Arrays.copyOf(content.array(), content.position());
  }

  private static void write(FileChannel channel, byte[] content) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(content), 0);
  }

  private static String holder(FileChannel channel) throws IOException {
    String text = new String(content(channel), StandardCharsets.US_ASCII).trim();
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

  /** Takes away again what was made for this lock: the folders only if they are empty. */
  void removeWhatWasMade() {
    try {
      if (made.contains(file)) {
        write(channel, REMOVED);
      }
      for (int i = made.size() - 1; i >= 0; i--) {
        Files.delete(made.get(i));
      }
    } catch (IOException e) {
      // Somebody else has put something there, and needs it.
    }
  }

  /**
   * The file stays, unless {@link #removeWhatWasMade()} was called: just removing it would let two
   * writers lock two files of one name.
   */
  @Override
  public void close() {
    closeQuietly(channel);
  }
}
