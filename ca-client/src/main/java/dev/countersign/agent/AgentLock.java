package dev.countersign.agent;

import dev.countersign.client.ClientException;
import dev.countersign.client.LocalFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * One agent in a folder, for its life. Not the lock that a writer takes: {@code countersign renew}
 * works beside an agent. The kernel takes it back when its holder dies.
 */
final class AgentLock implements AutoCloseable {
  static final String FILE = "agent.lock";

  private final FileChannel channel;

  private AgentLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Nothing while another agent has it. */
  static Optional<AgentLock> tried(Path folder) {
    mustBeOurs(folder);
    Path file = folder.resolve(FILE);
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      boolean done = false;
      try {
        if (!locked(channel)) {
          return Optional.empty();
        }
        channel.truncate(0);
        String process = ProcessHandle.current().pid() + "\n";
        channel.write(ByteBuffer.wrap(process.getBytes(StandardCharsets.US_ASCII)), 0);
        done = true;
        return Optional.of(new AgentLock(channel));
      } finally {
        if (!done) {
          channel.close();
        }
      }
    } catch (IOException e) {
      throw LocalFiles.failure("keep other agents out", file, e);
    }
  }

  /** What is written here belongs to this process's user, and the folder's could not read it. */
  private static void mustBeOurs(Path folder) {
    try {
      // Not the user's name as the JDK has it: a container's user may have none
      String user = Hooks.self(folder).getName();
      String owner = Files.getOwner(folder).getName();
      if (!owner.equals(user)) {
        throw new ClientException(
            ClientException.Kind.LOCAL_FILES,
            "The folder "
                + folder
                + " belongs to "
                + owner
                + ", and this agent runs as "
                + user
                + ": run it as "
                + owner
                + ", or give the folder to "
                + user
                + " and let its program read it by its group (countersign ensure --group).");
      }
    } catch (IOException e) {
      throw LocalFiles.failure("look at the owner of", folder, e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // another agent of this process
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // it goes with the process
    }
  }
}
