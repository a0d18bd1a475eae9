package dev.countersign.server;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that all commands have. */
final class HomeOption {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      required = true,
      description = "The folder of the authority: configuration, keys, embedded database.")
  private @Nullable Path dir;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = {
        "File with the passphrase of the key files. Without it: $COUNTERSIGN_PASSPHRASE, the"
            + " systemd credential countersign-passphrase, DIR/passphrase."
      })
  private @Nullable Path passphraseFile;

  Home home() {
    if (dir == null) {
      throw new IllegalStateException("--dir is required");
    }
    return new Home(dir.toAbsolutePath().normalize());
  }

  /** These options, for a command that is named as the next one. */
  String again() {
    return "--dir "
        + home().directory()
        + passphraseFile()
            .map(file -> " --passphrase-file " + file.toAbsolutePath().normalize())
            .orElse("");
  }

  Optional<Path> passphraseFile() {
    return Optional.ofNullable(passphraseFile);
  }
}
