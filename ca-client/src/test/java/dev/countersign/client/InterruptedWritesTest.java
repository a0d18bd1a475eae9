package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.pki.EnrollmentString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process dies, or the disk is full, before each single step on files: nothing is lost, and the
 * next run gets through.
 */
class InterruptedWritesTest {
  @TempDir Path temp;

  /** The power goes off before a given step, and stays off: no clean-up runs either. */
  private static final class Dying extends UnsyncedFiles {
    private static final class PowerCutError extends Error {
      private static final long serialVersionUID = 1L;
    }

    private final int last;
    private int steps;

    Dying(int last) {
      this.last = last;
    }

    private void step() {
      if (++steps > last) {
        throw new PowerCutError();
      }
    }

    @Override
    void createFolder(Path folder, FilePermissions permissions) throws IOException {
      step();
      super.createFolder(folder, permissions);
    }

    @Override
    void write(Path file, byte[] content, FilePermissions permissions) throws IOException {
      step();
      super.write(file, java.util.Arrays.copyOf(content, content.length / 2), permissions);
      step();
      Files.write(file, content);
    }

    @Override
    void link(Path existing, Path name, FilePermissions permissions) throws IOException {
      step();
      super.link(existing, name, permissions);
    }

    @Override
    void symlink(Path name, Path target) throws IOException {
      step();
      super.symlink(name, target);
    }

    @Override
    void rename(Path from, Path to) throws IOException {
      step();
      super.rename(from, to);
    }

    @Override
    void deleteTree(Path path) throws IOException {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        step();
      }
      super.deleteTree(path);
    }
  }

  @Test
  void enrolment_dies_between_each_two_steps_and_gets_the_same_certificate() {
    try (Scene scene = new Scene(temp)) {
      int steps = 0;
      boolean died = true;
      while (died) {
        Path place = temp.resolve("enroll-" + steps);
        EnrollmentString string = scene.authority.string("orders");
        int before = scene.authority.issued.size();
        died = dies(() -> enroll(scene, string, place, new Dying(currentStep)), steps);
        Credential credential =
            scene.enroll(
                string, new CredentialFolder(place, new UnsyncedFiles()), Enrollment.Options.USUAL);
        assertThat(scene.authority.issued.size() - before)
            .as("certificates at step %d", steps)
            .isEqualTo(1);
        assertThat(credential.certificate()).isEqualTo(scene.authority.issued.get(before));
        assertThat(new CredentialFolder(place, new UnsyncedFiles()).read()).isEqualTo(credential);
        assertThat(place.resolve("pending")).doesNotExist();
        steps++;
      }
      assertThat(steps).isGreaterThan(25);
    }
  }

  private int currentStep;

  private boolean dies(Runnable act, int step) {
    currentStep = step;
    try {
      act.run();
      return false;
    } catch (Dying.PowerCutError e) {
      return true;
    }
  }

  private static void enroll(Scene scene, EnrollmentString string, Path place, DurableFiles files) {
    scene.enroll(string, new CredentialFolder(place, files), Enrollment.Options.USUAL);
  }

  @Test
  void renewal_dies_between_each_two_steps_and_a_whole_generation_stays_in_force() {
    try (Scene scene = new Scene(temp.resolve("renew"))) {
      Credential before = scene.enroll();
      int steps = 0;
      boolean died = true;
      while (died) {
        CredentialFolder dying = new CredentialFolder(scene.folder.path(), new Dying(steps));
        died =
            dies(
                () ->
                    new Renewal(scene.clock, scene.random, Notices.NONE)
                        .renew(dying, Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)),
                steps);
        Credential after = CredentialFolder.at(scene.folder.path()).read();
        assertThat(after.info().serial()).isEqualTo(after.certificate().serial());
        if (!after.equals(before)) {
          before = after;
        }
        steps++;
      }
      assertThat(steps).isGreaterThan(25);
      assertThat(scene.folder.path().resolve("pending")).doesNotExist();
      // Each certificate that was issued but never put in force was offered again: one per
      // generation, none burnt.
      assertThat(scene.authority.issued.size()).isLessThanOrEqualTo((int) before.generation());
    }
  }

  @Test
  void a_full_disk_is_told_and_loses_nothing() {
    try (Scene scene = new Scene(temp.resolve("full"))) {
      EnrollmentString string = scene.authority.string("orders");
      DurableFiles full =
          new DurableFiles() {
            @Override
            void write(Path file, byte[] content, FilePermissions permissions) throws IOException {
              if (file.endsWith(CredentialFolder.KEY_STORE)) {
                throw new java.nio.file.FileSystemException(
                    file.toString(), null, "No space left on device");
              }
              super.write(file, content, permissions);
            }
          };
      assertThatThrownBy(
              () ->
                  scene.enroll(
                      string,
                      new CredentialFolder(scene.folder.path(), full),
                      Enrollment.Options.USUAL))
          .isInstanceOfSatisfying(
              ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCAL_FILES))
          .hasMessageContaining("is full")
          .hasMessageContaining("make room");
      assertThat(scene.folder.isUsed()).isFalse();
      assertThat(scene.enroll(string, scene.folder, Enrollment.Options.USUAL).certificate())
          .isEqualTo(scene.authority.issued.get(0));
      assertThat(scene.authority.issued).hasSize(1);
    }
  }

  @Test
  void a_read_only_disk_is_told() {
    IOException failure =
        new java.nio.file.FileSystemException("/x", null, "Read-only file system");
    assertThat(LocalFiles.failure("write it", temp, failure))
        .hasMessageContaining("read-only file system");
    IOException denied = new java.nio.file.AccessDeniedException("/x");
    assertThat(LocalFiles.failure("write it", temp, denied))
        .hasMessageContaining("may not touch /x");
    assertThat(Optional.of(LocalFiles.failure("write it", temp, denied).kind()))
        .contains(Kind.LOCAL_FILES);
  }

  @Test
  void what_cannot_be_read_back_is_not_put_in_force() throws IOException {
    try (Scene scene = new Scene(temp.resolve("orders"))) {
      Credential before = scene.enroll();
      CredentialFolder spoiling =
          new CredentialFolder(
              scene.folder.path(),
              new UnsyncedFiles() {
                @Override
                void rename(Path from, Path to) throws IOException {
                  super.rename(from, to);
                  if (Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)) { // not the link to it
                    Files.writeString(to.resolve(CredentialFolder.CERTIFICATE), "spoilt");
                  }
                }
              });
      Renewal renewal = new Renewal(scene.clock, scene.random, Notices.NONE);
      Renewal.Options now = Scene.forced(false, Renewal.Proof.SIGNED_REQUEST);
      assertThatThrownBy(() -> renewal.renew(spoiling, now))
          .hasMessageContaining(CredentialFolder.CERTIFICATE)
          .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.LOCAL_FILES));
      assertThat(scene.folder.read()).isEqualTo(before);
      Credential after = scene.renew(now).credential();
      assertThat(scene.folder.read()).isEqualTo(after).isNotEqualTo(before);
    }
  }

  @Test
  void revocation_lists_that_could_not_be_read_are_not_written() {
    try (Scene scene = new Scene(temp.resolve("orders"))) {
      Credential before = scene.enroll();
      String tooLarge = " ".repeat(GenerationReader.MOST_BYTES_OF_LISTS + 1);
      KeyPair key = new KeyPair(before.certificate().x509().getPublicKey(), before.privateKey());
      GenerationWriter.Content content =
          new GenerationWriter.Content(
              key, before.certificate(), before.chain(), before.roots(), tooLarge, before.info());
      try (FolderLock lock =
          scene.folder.lock(Duration.ofSeconds(60), Notices.NONE, before.info().permissions())) {
        assertThatThrownBy(
                () -> new GenerationWriter(scene.folder, scene.random).write(content, lock))
            .hasMessageContainingAll("Nothing was written", CredentialFolder.CRL);
      }
      assertThat(scene.folder.read()).isEqualTo(before);
    }
  }
}
