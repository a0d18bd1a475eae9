package dev.countersign.client;

import java.nio.file.Path;

/** A credential folder that does not wait for the disk, for tests of other packages. */
public final class UnsyncedFolder {
  private UnsyncedFolder() {}

  public static CredentialFolder at(Path folder) {
    return new CredentialFolder(folder, new UnsyncedFiles());
  }
}
