package dev.countersign.agent;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.RevocationLists;
import dev.countersign.client.Revoked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was in a folder when it was read: lists can be large, so that this is done once for each
 * generation.
 */
record Present(
    Credential credential, Optional<Instant> listsAsOf, Optional<Revoked> revoked, Mark mark) {
  /** What changes with each generation, without reading it. */
  record Mark(@Nullable Object file, FileTime written) {}

  static Present in(CredentialFolder folder, Optional<Present> before) {
    Optional<Mark> mark = mark(folder);
    if (mark.isPresent() && before.filter(was -> was.mark().equals(mark.get())).isPresent()) {
      return before.get();
    }
    Credential credential = folder.read();
    RevocationLists lists = credential.revocationLists();
    return new Present(
        credential,
        lists.asOf(credential.certificate()),
        lists.revoked(credential.fullChain()),
        // Read before what it stands for: a change in between is found the next time
        mark.orElse(new Mark(null, FileTime.fromMillis(0))));
  }

  private static Optional<Mark> mark(CredentialFolder folder) {
    try {
      BasicFileAttributes about =
          Files.readAttributes(
              folder.path().resolve(CredentialFolder.INFO), BasicFileAttributes.class);
      return Optional.of(new Mark(about.fileKey(), about.lastModifiedTime()));
    } catch (IOException e) {
      return Optional.empty(); // reading it will say what is wrong
    }
  }
}
