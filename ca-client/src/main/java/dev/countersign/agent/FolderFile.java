package dev.countersign.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.LocalFiles;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** A small JSON file beside a credential: read whole or not at all, replaced by one rename. */
final class FolderFile<T> {
  private static final int MOST_BYTES = 256 << 10;
  // The folder decides who may come here
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-r--r--");

  private final Path file;
  private final Class<T> type;

  FolderFile(Path file, Class<T> type) {
    this.file = file;
    this.type = type;
  }

  Path path() {
    return file;
  }

  /** What is in it; nothing if it is not there. */
  Optional<T> read() {
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
          return Optional.empty();
        }
        throw new ClientException(Kind.LOCAL_FILES, file + " is not a plain file. Move it away.");
      }
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        byte[] content = in.readNBytes(MOST_BYTES + 1);
        if (content.length > MOST_BYTES) {
          throw new ClientException(
              Kind.LOCAL_FILES, file + " is larger than " + MOST_BYTES + " bytes. Move it away.");
        }
        return Optional.of(Json.read(content, type));
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          file + " cannot be read: " + e.getOriginalMessage() + ". Mend it, or move it away.",
          e);
    } catch (IOException e) {
      throw LocalFiles.failure("read " + file.getFileName(), file, e);
    }
  }

  void write(T content) {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      byte[] json = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(content);
      Files.deleteIfExists(partial);
      try (FileChannel channel =
          FileChannel.open(
              partial,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(MODE))) {
        ByteBuffer buffer = ByteBuffer.wrap(json);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw LocalFiles.failure("write " + file.getFileName(), file, e);
    }
  }
}
