package dev.countersign.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;

/**
 * One process for each folder. The operating system takes the lock away with the process, also
 * after kill -9, so that a lock file that is left behind keeps nobody out.
 */
final class HomeLock implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  private HomeLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the folder of an authority.
   *
   * @throws StartFailure when there is none, and nothing was touched, or another process has it
   */
  static HomeLock ofAuthority(Home home) throws IOException {
    home.mustHoldAuthority();
    HomeLock lock = take(home);
    try {
      home.finish();
      return lock;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Takes a folder whatever is in it. */
  static HomeLock take(Home home) throws IOException {
    while (true) {
      Optional<Object> before = identity(home.lock());
      HomeLock lock = attempt(home);
      // Who had it may have removed it after it was opened here. Not by reading it: where a process
      // closes a file that it has locked, POSIX takes the lock away, through whatever it was
      // opened.
      if (before.isPresent() && before.equals(identity(home.lock()))) {
        return lock;
      }
      lock.close();
    }
  }

  private static Optional<Object> identity(Path file) throws IOException {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return Optional.of(key == null ? file : key); // without keys, an open file cannot be removed
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static HomeLock attempt(Home home) throws IOException {
    Path file = home.lock();
    FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(
                StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String holder = holder(channel);
        channel.close();
        throw new StartFailure(
            ExitCodes.LOCAL_FILES,
            "Another countersignd"
                + holder
                + " is using "
                + home.directory()
                + ": stop it first, or choose another --dir.");
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
          0);
      return new HomeLock(file, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel)
      throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // of this same process
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(20);
    channel.read(bytes, 0);
    String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).trim();
    return pid.matches("[0-9]+") ? " (process " + pid + ")" : "";
  }

  /** Gives the folder back without a trace, for who found that there was nothing to do in it. */
  void discard() throws IOException {
    Files.deleteIfExists(file);
    close();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
