package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.PrivateKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A folder in which somebody has put links, pipes and other things that we never do. */
class StrangeFolderTest {
  @TempDir Path temp;
  private Scene scene;
  private Path place;

  @BeforeEach
  void start() {
    place = temp.resolve("orders");
    scene = new Scene(place);
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  private static void refused(ThrowingCallable act, String... named) {
    assertThatThrownBy(act)
        .hasMessageContainingAll(named)
        .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.LOCAL_FILES));
  }

  private Path inForce(String name) {
    return place.resolve("generations/1").resolve(name);
  }

  @Test
  void a_lock_that_is_a_link_does_not_empty_what_it_points_to() throws IOException {
    Path victim = Files.writeString(temp.resolve("victim"), "precious");
    Files.createDirectory(place);
    Files.createSymbolicLink(place.resolve("lock"), victim);
    refused(scene::enroll, "lock");
    assertThat(victim).hasContent("precious");
    assertThat(scene.authority.requests).isEmpty();
  }

  @Test
  void generations_that_are_a_link_are_not_written_to() throws IOException {
    Path victim = Files.createDirectory(temp.resolve("victim"));
    Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(place);
    Files.createSymbolicLink(place.resolve("generations"), victim);
    refused(scene::enroll, "generations");
    try (Stream<Path> listed = Files.list(victim)) {
      assertThat(listed).isEmpty();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(victim)))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void a_credential_elsewhere_is_not_taken_for_this_ones() throws IOException {
    Scene other = new Scene(temp.resolve("other"));
    try (other) {
      other.enroll();
    }
    scene.enroll();
    Files.delete(place.resolve("current"));
    Files.createSymbolicLink(place.resolve("current"), temp.resolve("other/generations/1"));
    refused(scene.folder::read, "which is no generation");
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void links_and_pipes_in_a_generation_are_not_read() throws Exception {
    scene.enroll();
    Path key = inForce("key.pem");
    Path elsewhere = temp.resolve("key.pem");
    Files.move(key, elsewhere);
    Files.createSymbolicLink(key, elsewhere);
    refused(scene.folder::read, "key.pem is not a plain file");
    Files.delete(key);
    Process made = new ProcessBuilder("mkfifo", key.toString()).start();
    assertThat(made.waitFor()).isZero();
    refused(scene.folder::read, "key.pem is not a plain file");
  }

  @Test
  void a_file_without_end_is_not_read_to_its_end() throws IOException {
    scene.enroll();
    Files.write(inForce("credential.json"), new byte[5 << 20]);
    refused(scene.folder::read, "credential.json is larger than");
    assertThat(scene.folder.peek()).isEmpty();
  }

  @Test
  void no_file_of_another_folder_is_looked_at() throws IOException {
    scene.enroll();
    Path info = inForce("credential.json");
    String text = Files.readString(info);
    Files.writeString(info, text.replace("\"fullchain.pem\"", "\"../../../etc/passwd\""));
    refused(scene.folder::read, "lists a file of another folder");
  }

  @Test
  void the_key_of_another_certificate_is_not_used() throws IOException {
    Credential credential = scene.enroll();
    byte[] other =
        PrivateKeys.toPem(KeyAlgorithm.P256.generate(scene.random))
            .getBytes(StandardCharsets.US_ASCII);
    Path info = inForce("credential.json");
    String digests = Files.readString(info);
    Files.write(inForce("key.pem"), other);
    refused(credential::privateKey, "key.pem is cut off or was changed");
    Files.writeString(
        info,
        digests.replace(
            String.valueOf(credential.info().digests().get("key.pem")),
            GenerationReader.digest(other)));
    refused(
        () -> scene.folder.read().privateKey(),
        "is not the private key of the certificate beside it");
  }
}
