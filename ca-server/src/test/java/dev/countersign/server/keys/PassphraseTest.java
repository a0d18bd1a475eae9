package dev.countersign.server.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassphraseTest {
  @TempDir Path home;
  @TempDir Path credentials;

  @Test
  void the_first_place_that_has_one_wins() throws IOException {
    Path named = secret(home.resolve("named"), "from the named file\n");
    secret(credentials.resolve("countersign-passphrase"), "from systemd");
    secret(home.resolve("passphrase"), "from the folder\r\n");
    Map<String, String> all =
        Map.of(
            "COUNTERSIGN_PASSPHRASE",
            "from the environment",
            "CREDENTIALS_DIRECTORY",
            credentials.toString());
    Map<String, String> systemd = Map.of("CREDENTIALS_DIRECTORY", credentials.toString());
    assertThat(found(Optional.of(named), all)).isEqualTo("from the named file");
    assertThat(found(Optional.empty(), all)).isEqualTo("from the environment");
    assertThat(found(Optional.empty(), systemd)).isEqualTo("from systemd");
    assertThat(found(Optional.empty(), Map.of())).isEqualTo("from the folder");
  }

  @Test
  void without_any_the_sentence_names_all_four_places() {
    assertThat(Passphrase.find(Optional.empty(), Map.of(), home)).isEmpty();
    assertThatThrownBy(() -> Passphrase.require(Optional.empty(), Map.of(), home))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContainingAll(
            "--passphrase-file",
            "$COUNTERSIGN_PASSPHRASE",
            "countersign-passphrase",
            home.resolve("passphrase").toString());
  }

  @Test
  void one_that_is_made_is_long_and_for_its_owner_alone() throws IOException {
    Passphrase made = Passphrase.create(home, new SecureRandom());
    assertThat(made.secret()).hasSize(43);
    Path file = home.resolve("passphrase");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(found(Optional.empty(), Map.of())).isEqualTo(new String(made.secret()));
    assertThat(made.toString()).doesNotContain(new String(made.secret()));
    assertThatThrownBy(() -> Passphrase.create(home, new SecureRandom()))
        .isInstanceOf(KeyFileException.class);
  }

  @Test
  void files_that_hold_none_are_refused_each_with_its_reason() throws IOException {
    refused(secret(home.resolve("empty"), "\n"), "is empty");
    refused(secret(home.resolve("long"), "x".repeat(5000)), "4096");
    Path binary = home.resolve("binary");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe});
    Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rw-------"));
    refused(binary, "UTF-8");
    refused(home.resolve("absent"), "no such file");
    Path open = secret(home.resolve("open"), "x");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    refused(open, "chmod 600");
  }

  private void refused(Path file, String because) {
    assertThatThrownBy(() -> Passphrase.find(Optional.of(file), Map.of(), home))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContainingAll(file.toString(), because);
  }

  private String found(Optional<Path> named, Map<String, String> environment) {
    return new String(Passphrase.find(named, environment, home).orElseThrow().secret());
  }

  private static Path secret(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }
}
