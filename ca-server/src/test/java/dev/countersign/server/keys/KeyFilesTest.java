package dev.countersign.server.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.OpenSsl;
import dev.countersign.pki.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFilesTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Written once: deriving the key from the passphrase is slow on purpose. */
  @TempDir static Path template;

  @TempDir Path home;
  private KeyFiles files;
  private Passphrase passphrase;

  @BeforeAll
  static void write_a_key() {
    new KeyFiles(template, RANDOM)
        .write("root-1", TestKeys.of(KeyAlgorithm.P256), Passphrase.create(template, RANDOM));
  }

  @BeforeEach
  void copy_it() throws IOException {
    Path keys = Files.createDirectory(home.resolve("keys"));
    Files.setPosixFilePermissions(keys, Files.getPosixFilePermissions(template.resolve("keys")));
    for (String file : new String[] {"passphrase", "keys/root-1.pem"}) {
      Files.copy(template.resolve(file), home.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    files = new KeyFiles(home, RANDOM);
    passphrase = Passphrase.require(Optional.empty(), Map.of(), home);
  }

  @Test
  void a_key_is_kept_encrypted_for_its_owner_alone() throws IOException {
    Path file = home.resolve("keys/root-1.pem");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(mode(home.resolve("keys"))).isEqualTo("rwx------");
    assertThat(Files.readString(file)).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    SigningKey key = files.open("root-1", passphrase).orElseThrow();
    assertThat(key.publicKey()).isEqualTo(TestKeys.of(KeyAlgorithm.P256).getPublic());
  }

  @Test
  void keys_of_one_kind_are_opened_ahead_and_no_others() {
    List<Runnable> begun = new ArrayList<>();
    files.openAhead("issuing-", passphrase, begun::add);
    assertThat(begun).isEmpty();

    files.openAhead("root-", passphrase, begun::add);
    assertThat(begun).hasSize(1);
    begun.get(0).run();
    assertThat(files.open("root-1", passphrase).orElseThrow().publicKey())
        .isEqualTo(TestKeys.of(KeyAlgorithm.P256).getPublic());
  }

  @Test
  void what_cannot_be_opened_ahead_is_said_to_who_opens_it() throws IOException {
    Files.setPosixFilePermissions(
        files.path("root-1"), PosixFilePermissions.fromString("rw-r--r--"));
    files.openAhead("root-", passphrase, Runnable::run);
    assertThatThrownBy(() -> files.open("root-1", passphrase))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void openssl_opens_it() {
    OpenSsl.run(home, "pkey", "-in", "keys/root-1.pem", "-passin", "file:passphrase", "-noout")
        .succeeded();
  }

  @Test
  void a_key_is_never_overwritten() {
    assertThatThrownBy(() -> files.write("root-1", TestKeys.of(KeyAlgorithm.P256), passphrase))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContainingAll("root-1.pem", "not overwritten");
  }

  @Test
  void a_wrong_passphrase_says_where_it_came_from() throws IOException {
    Path other = home.resolve("other");
    Files.writeString(other, "wrong");
    Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
    Passphrase wrong = Passphrase.require(Optional.of(other), Map.of(), home);
    assertThatThrownBy(() -> files.open("root-1", wrong))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContainingAll(other.toString(), "root-1.pem");
  }

  @Test
  void a_key_that_everybody_may_read_is_refused() throws IOException {
    Files.setPosixFilePermissions(
        files.path("root-1"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> files.open("root-1", passphrase))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContainingAll("root-1.pem", "chmod 600");
  }

  @Test
  void what_is_no_key_is_refused() throws IOException {
    Path file = files.path("broken");
    Files.writeString(file, "not a key");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> files.open("broken", passphrase))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("backup");
  }

  @Test
  void a_key_that_was_taken_away_is_absent_and_no_error() {
    assertThat(files.present("root-2")).isFalse();
    assertThat(files.open("root-2", passphrase)).isEmpty();
  }

  @Test
  void a_key_is_removed_only_when_a_copy_opens_and_is_the_same() {
    Path copy = home.resolve("safe.pem");
    assertThatThrownBy(() -> files.remove("root-1", copy, passphrase))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> files.remove("root-1", files.path("root-1"), passphrase))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("not a copy");
    files.write("other", TestKeys.of(KeyAlgorithm.ED25519), passphrase);
    assertThatThrownBy(() -> files.remove("root-1", files.path("other"), passphrase))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("another key");
    files.export("root-1", copy, passphrase);
    files.remove("root-1", copy, passphrase);
    assertThat(files.present("root-1")).isFalse();
    assertThatThrownBy(() -> files.export("root-1", home.resolve("again.pem"), passphrase))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("not on this machine");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
