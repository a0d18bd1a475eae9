package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.KeyAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder is initialised wholly or not at all, whenever the process is killed. */
class InitializationTest {
  private static final List<String> PARTS =
      List.of("passphrase", "keys", "database", "countersign.yaml");

  @TempDir Path temporary;

  private Path dir() {
    return temporary.resolve("ca");
  }

  private Initialization.Made init() throws IOException {
    return new Initialization(new Home(dir()), TestServer.ground(new ShiftedClock()))
        .run(
            new Initialization.Order(
                TestServer.config(TestServer.Settings.usual()),
                KeyAlgorithm.P256,
                KeyAlgorithm.P256,
                List.of(),
                Optional.empty()));
  }

  private Server serve() throws IOException {
    return Server.start(
        new ServeOrder(new Home(dir()), Optional.empty(), ServeOrder.Listening.configured(), false),
        TestServer.ground(new ShiftedClock()));
  }

  @Test
  void secrets_are_for_their_owner_alone() throws IOException {
    init();
    for (String secret : new String[] {"passphrase", "keys/root-1.pem", "keys/issuing-1.pem"}) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(dir().resolve(secret))))
          .as(secret)
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir())))
        .isEqualTo("rwx------");
    assertThat(dir().resolve(".initializing")).doesNotExist();
  }

  @Test
  void in_a_folder_that_was_there_nothing_is_for_others_also_when_it_has_served()
      throws IOException {
    Files.createDirectory(dir());
    Files.setPosixFilePermissions(dir(), PosixFilePermissions.fromString("rwxr-xr-x"));
    init();
    assertThat(readableByOthers()).isEmpty();
    try (Server server = serve()) {
      assertThat(server.addresses().https()).isNotEmpty();
      assertThat(dir().resolve("addresses.json")).exists();
      assertThat(readableByOthers()).isEmpty();
    }
    assertThat(readableByOthers()).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir())))
        .as("the folder itself is whose it was")
        .isEqualTo("rwxr-xr-x");
  }

  private List<Path> readableByOthers() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> below = Files.walk(dir())) {
      for (Path each : below.filter(path -> !path.equals(dir())).toList()) {
        String modes = PosixFilePermissions.toString(Files.getPosixFilePermissions(each));
        if (!modes.endsWith("------")) {
          found.add(each);
        }
      }
    }
    return found;
  }

  @Test
  void what_every_user_can_get_at_is_complained_about() throws IOException {
    init();
    Path database = dir().resolve("database");
    Path file = database.resolve("countersign.mv.db");
    for (Path each : List.of(dir(), database)) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    assertThat(Exposure.of(new Home(dir()))).isEmpty();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(Exposure.of(new Home(dir())))
        .singleElement()
        .asString()
        .contains("read " + file, "chmod 600");
    Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rwx------"));
    assertThat(Exposure.of(new Home(dir()))).isEmpty();
    Files.setPosixFilePermissions(dir(), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(Exposure.of(new Home(dir()))).singleElement().asString().contains("chmod o-w");
  }

  @Test
  void a_folder_in_use_is_left_as_it_is() throws IOException {
    init();
    Map<String, String> before = content();
    assertThatThrownBy(this::init)
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("already; nothing was changed");
    assertThat(content()).isEqualTo(before);
  }

  @Test
  void a_folder_with_files_of_others_is_not_taken() throws IOException {
    Files.createDirectories(dir().resolve("pictures"));
    for (String name : List.of("a.txt", "b.txt", "c.txt", "notes.txt")) {
      Files.writeString(dir().resolve(name), "mine");
    }
    Map<String, String> before = content();
    assertThatThrownBy(this::init)
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining(dir() + " is not empty")
        .hasMessageContaining("\"a.txt\", \"b.txt\", \"c.txt\" and 2 more")
        .hasMessageContaining("such as " + dir().resolve("ca"))
        .extracting(e -> ((StartFailure) e).exitCode())
        .isEqualTo(ExitCodes.LOCAL_FILES);
    assertThat(content()).isEqualTo(before);
    assertThat(dir().resolve("lock")).doesNotExist();
  }

  @Test
  void what_a_volume_a_failed_init_or_its_operator_put_there_keeps_no_init_out()
      throws IOException {
    Files.createDirectories(dir().resolve("lost+found"));
    Files.createDirectory(dir().resolve(".initializing"));
    Files.writeString(dir().resolve("lock"), "1\n");
    Path passphrase = Files.writeString(dir().resolve("passphrase"), "of my own choice\n");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    assertThat(init().passphraseMade()).isFalse();
    assertThat(dir().resolve("lost+found")).exists();
    assertThat(passphrase).hasContent("of my own choice\n");
    serve().close();
  }

  @Test
  void killed_before_it_was_decided_there_is_nothing_and_the_next_init_starts_over()
      throws IOException {
    init();
    undo(PARTS, false);
    assertThatThrownBy(this::serve)
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("countersignd init --dir");
    init();
    serve().close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void killed_after_it_was_decided_there_is_everything(int moved) throws IOException {
    init();
    undo(PARTS.subList(moved, PARTS.size()), true);
    assertThatThrownBy(this::init)
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("nothing was changed");
    serve().close();
    assertThat(dir().resolve(".initializing")).doesNotExist();
  }

  @Test
  void keys_without_a_configuration_are_not_thrown_away() throws IOException {
    init();
    Files.delete(dir().resolve("countersign.yaml"));
    Map<String, String> before = content();
    assertThatThrownBy(this::init)
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("Restore the file from a backup");
    assertThat(content()).isEqualTo(before);
  }

  @Test
  void a_passphrase_that_is_given_is_not_written() throws IOException {
    Path file = Files.createDirectory(dir()).resolve("secret");
    Files.writeString(file, "correct horse battery staple\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    new Initialization(new Home(dir()), TestServer.ground(new ShiftedClock()))
        .run(
            new Initialization.Order(
                TestServer.config(TestServer.Settings.usual()),
                KeyAlgorithm.ED25519,
                KeyAlgorithm.P384,
                List.of("dns:localhost", "ip:127.0.0.0/8"),
                Optional.of(file)));
    assertThat(dir().resolve("passphrase")).doesNotExist();
    Server.start(
            new ServeOrder(
                new Home(dir()), Optional.of(file), ServeOrder.Listening.configured(), false),
            TestServer.ground(new ShiftedClock()))
        .close();
  }

  @Test
  void the_servers_own_name_must_be_within_the_constraints() {
    assertThatThrownBy(
            () ->
                new Initialization(new Home(dir()), TestServer.ground(new ShiftedClock()))
                    .run(
                        new Initialization.Order(
                            TestServer.config(TestServer.Settings.usual()),
                            KeyAlgorithm.P256,
                            KeyAlgorithm.P256,
                            List.of("dns:example.internal"),
                            Optional.empty())))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("localhost");
    assertThat(dir().resolve("countersign.yaml")).doesNotExist();
  }

  /** As if the process had been killed before these parts were moved into place. */
  private void undo(List<String> parts, boolean decided) throws IOException {
    Path building = Files.createDirectory(dir().resolve(".initializing"));
    for (String part : parts) {
      Files.move(dir().resolve(part), building.resolve(part));
    }
    if (decided) {
      Files.createFile(building.resolve("complete"));
    }
  }

  private Map<String, String> content() throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(dir())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("lock")) {
          content.put(
              dir().relativize(file).toString(),
              java.util.HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
      }
    }
    return content;
  }
}
