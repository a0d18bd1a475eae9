package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.TestCa;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialFolderTest {
  @TempDir Path temp;
  private Scene scene;

  @BeforeEach
  void start() {
    scene = new Scene(temp.resolve("orders"));
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  private Path current() {
    return scene.folder.path().resolve("current");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s%n%s", String.join(" ", command), output).isZero();
    return output;
  }

  @Test
  void is_for_the_owner_alone() throws Exception {
    scene.enroll();
    assertThat(mode(scene.folder.path())).isEqualTo("rwx------");
    assertThat(mode(scene.folder.path().resolve("generations/1"))).isEqualTo("rwx------");
    try (var files = Files.list(scene.folder.path().resolve("generations/1"))) {
      assertThat(files.toList())
          .hasSize(11)
          .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
    }
  }

  @Test
  void keeps_group_and_mode_over_renewals() throws Exception {
    String group = run("id", "-gn").strip();
    FilePermissions permissions = FilePermissions.of(Optional.of(group), Optional.of(0640));
    scene.enroll(
        scene.authority.string("orders"),
        scene.folder,
        new Enrollment.Options(
            Optional.empty(), List.of(), false, Optional.of(permissions), Patience.DEFAULT));
    scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST));

    assertThat(scene.folder.read().info().permissions()).isEqualTo(permissions);
    Path key = scene.folder.path().resolve("generations/2/key.pem");
    assertThat(mode(key)).isEqualTo("rw-r-----");
    assertThat(mode(scene.folder.path().resolve("generations/2"))).isEqualTo("rwxr-x---");
    assertThat(mode(scene.folder.path())).isEqualTo("rwxr-x---");
    assertThat(Files.readAttributes(key, PosixFileAttributes.class).group().getName())
        .isEqualTo(group);
  }

  @Test
  void an_unknown_group_is_found_before_the_string_is_used() {
    FilePermissions permissions =
        FilePermissions.of(Optional.of("no-such-group"), Optional.empty());
    assertThatThrownBy(
            () ->
                scene.enroll(
                    scene.authority.string("orders"),
                    scene.folder,
                    new Enrollment.Options(
                        Optional.empty(),
                        List.of(),
                        false,
                        Optional.of(permissions),
                        Patience.DEFAULT)))
        .hasMessageContaining("there is no group \"no-such-group\"");
    assertThat(scene.authority.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0644, 0604, 0400, 0700, 0000})
  void no_mode_that_others_can_read_or_that_keeps_the_owner_out(int mode) {
    assertThatThrownBy(() -> FilePermissions.of(Optional.empty(), Optional.of(mode)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keytool_and_openssl_read_both_stores() throws Exception {
    scene.enroll();
    String password = current().resolve("store.password").toString();
    assertThat(
            run(
                "keytool",
                "-list",
                "-v",
                "-keystore",
                current().resolve("keystore.p12").toString(),
                "-storepass:file",
                password))
        .contains("PrivateKeyEntry", "Certificate chain length: 2");
    assertThat(
            run(
                "keytool",
                "-list",
                "-keystore",
                current().resolve("truststore.p12").toString(),
                "-storepass:file",
                password))
        .contains("trustedCertEntry");
    assertThat(
            run(
                "openssl",
                "pkcs12",
                "-in",
                current().resolve("keystore.p12").toString(),
                "-passin",
                "file:" + password,
                "-nodes"))
        .contains("BEGIN PRIVATE KEY", "BEGIN CERTIFICATE");
    assertThat(
            run(
                "openssl",
                "pkcs12",
                "-in",
                current().resolve("truststore.p12").toString(),
                "-passin",
                "file:" + password,
                "-nokeys"))
        .contains("BEGIN CERTIFICATE");
    assertThat(
            run(
                "openssl",
                "verify",
                "-x509_strict",
                "-CAfile",
                current().resolve("trust.pem").toString(),
                "-untrusted",
                current().resolve("chain.pem").toString(),
                current().resolve("cert.pem").toString()))
        .contains("OK");
    run("openssl", "pkey", "-in", current().resolve("key.pem").toString(), "-noout");
  }

  @Test
  void the_password_stays_and_what_did_not_change_is_not_written_again() throws Exception {
    scene.enroll();
    Path one = current().toRealPath();
    String password = Files.readString(one.resolve("store.password"));
    TestCa second = TestCa.create("Second", KeyAlgorithm.P256, scene.clock);
    scene.authority.bundle.add(second.root());
    scene.authority.cross.add(scene.ca.vouchFor(second));
    scene.authority.bundleNumber = 2;
    assertThat(scene.updateTrust().trustChanged()).isTrue();

    Path two = current().toRealPath();
    assertThat(two).isNotEqualTo(one);
    assertThat(Files.readString(two.resolve("store.password"))).isEqualTo(password);
    for (String same :
        List.of(
            "key.pem",
            "cert.pem",
            "chain.pem",
            "fullchain.pem",
            "combined.pem",
            "crl.pem",
            "keystore.p12",
            "store.password")) {
      assertThat(inode(two.resolve(same))).as(same).isEqualTo(inode(one.resolve(same)));
    }
    for (String changed : List.of("trust.pem", "truststore.p12", "credential.json")) {
      assertThat(inode(two.resolve(changed))).as(changed).isNotEqualTo(inode(one.resolve(changed)));
    }
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(
        new ByteArrayInputStream(Files.readAllBytes(two.resolve("truststore.p12"))),
        password.toCharArray());
    assertThat(trust.size()).isEqualTo(2);
  }

  private static Object inode(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino");
  }

  @Test
  void keeps_a_few_generations() {
    scene.enroll();
    for (int i = 0; i < 4; i++) {
      scene.renew(Scene.forced(true, Renewal.Proof.SIGNED_REQUEST));
    }
    assertThat(scene.folder.generations()).containsExactly(3L, 4L, 5L);
    assertThat(scene.folder.read().generation()).isEqualTo(5);
  }

  @Test
  void a_reader_sees_all_of_one_generation_while_another_is_written() throws Exception {
    scene.enroll();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger reads = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                while (!over.get()) {
                  Credential credential = CredentialFolder.at(scene.folder.path()).read();
                  assertThat(credential.info().serial())
                      .isEqualTo(credential.certificate().serial());
                  reads.incrementAndGet();
                }
              } catch (Throwable t) {
                failure.set(t);
              }
            });
    reader.start();
    for (int i = 0; i < 8; i++) {
      scene.renew(Scene.forced(true, Renewal.Proof.SIGNED_REQUEST));
    }
    over.set(true);
    reader.join();
    assertThat(failure.get()).isNull();
    assertThat(reads.get()).isPositive();
  }

  @Test
  void credential_json_is_switched_with_the_rest() throws Exception {
    scene.enroll();
    Path info = scene.folder.path().resolve("credential.json");
    assertThat(Files.readSymbolicLink(info)).isEqualTo(Path.of("current/credential.json"));
    String serial =
        scene
            .renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST))
            .credential()
            .info()
            .serial()
            .toString();
    assertThat(Files.readString(info)).contains(serial);
  }

  private void cutOff(String name) throws IOException {
    Path file = current().toRealPath().resolve(name);
    byte[] content = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(content, content.length / 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"key.pem", "cert.pem", "credential.json"})
  void when_what_proves_is_cut_off_the_generation_before_is_the_way_back(String name)
      throws Exception {
    scene.enroll();
    scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST));
    cutOff(name);

    assertThatThrownBy(() -> scene.folder.read())
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCAL_FILES))
        .hasMessageContaining("generations/2, " + name)
        .hasMessageContaining("Generation 1 is whole")
        .hasMessageContaining("ln -sfn generations/1");
    assertThatThrownBy(() -> scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)))
        .hasMessageContaining("Generation 1 is whole");

    run("ln", "-sfn", "generations/1", current().toString());
    assertThat(scene.folder.read().generation()).isEqualTo(1);
    assertThat(
            scene
                .renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST))
                .credential()
                .generation())
        .isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chain.pem",
        "fullchain.pem",
        "combined.pem",
        "crl.pem",
        "keystore.p12",
        "truststore.p12",
        "store.password"
      })
  void what_can_be_made_anew_a_renewal_makes_anew(String name) throws Exception {
    scene.enroll();
    cutOff(name);
    assertThatThrownBy(() -> scene.folder.read())
        .hasMessageContaining("generations/1, " + name)
        .hasMessageContaining("countersign renew --force");
    Credential mended = scene.renew(Scene.forced(false, Renewal.Proof.MUTUAL_TLS)).credential();
    assertThat(scene.folder.read()).isEqualTo(mended);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(
        new ByteArrayInputStream(Files.readAllBytes(mended.keyStore())),
        Files.readString(mended.folder().resolve("store.password")).toCharArray());
    assertThat(store.size()).isEqualTo(1);
  }

  @Test
  void without_its_roots_a_folder_cannot_be_mended() throws Exception {
    scene.enroll();
    cutOff("trust.pem");
    assertThatThrownBy(() -> scene.folder.read())
        .hasMessageContaining("trust.pem")
        .hasMessageContaining("enrol again with a new string and --replace");
  }

  @Test
  void a_missing_file_and_a_missing_generation_are_told() throws Exception {
    scene.enroll();
    Files.delete(current().toRealPath().resolve("trust.pem"));
    assertThatThrownBy(() -> scene.folder.read())
        .hasMessageContaining("trust.pem is missing")
        .hasMessageContaining("enrol again with a new string and --replace");
    new DurableFiles().deleteTree(current().toRealPath());
    assertThatThrownBy(() -> scene.folder.read())
        .hasMessageContaining("points to a generation that is not there");
  }

  @Test
  void no_folder_and_an_empty_one_are_told() throws Exception {
    assertThatThrownBy(() -> scene.folder.read())
        .hasMessageContaining("There is no credential folder at")
        .hasMessageContaining("countersign enroll");
    Files.createDirectories(scene.folder.path());
    assertThatThrownBy(() -> scene.folder.read()).hasMessageContaining("no credential in");
  }

  @Test
  void a_file_where_the_folder_should_be_is_told() throws Exception {
    Files.writeString(scene.folder.path(), "");
    assertThatThrownBy(scene::enroll)
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCAL_FILES))
        .hasMessageContaining(scene.folder.path().toString());
    assertThat(scene.authority.requests).isEmpty();
  }

  @Test
  void a_second_writer_waits_its_turn_and_then_gives_up() {
    scene.enroll();
    try (FolderLock held = lockNow()) {
      assertThat(held).isNotNull();
      assertThatThrownBy(
              () ->
                  scene.folder.lock(
                      Duration.ofMillis(30), Notices.NONE, FilePermissions.OWNER_ONLY))
          .hasMessageContaining("Another process (" + ProcessHandle.current().pid() + ")");
      assertThatCode(() -> scene.folder.read()).doesNotThrowAnyException();
    }
    lockNow().close();
  }

  private FolderLock lockNow() {
    return scene.folder.lock(Duration.ZERO, Notices.NONE, FilePermissions.OWNER_ONLY);
  }
}
