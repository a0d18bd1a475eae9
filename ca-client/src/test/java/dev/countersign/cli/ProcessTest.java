package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The program as its own process: killed, doubled, and out of room. */
class ProcessTest {
  private static final int KILLS = 6;

  @TempDir Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private AuthorityDouble authority;

  @BeforeEach
  void start() {
    authority = AuthorityDouble.start(TestCa.create(clock), clock);
  }

  @AfterEach
  void stop() {
    authority.close();
  }

  /**
   * By the classes it needs: the class path property is not the test's own under every launcher.
   */
  private static String classPath() {
    return Stream.of(
            Main.class,
            Certificate.class,
            CommandLine.class,
            ObjectMapper.class,
            JsonParser.class,
            JsonProperty.class,
            BouncyCastleProvider.class,
            X509CertificateHolder.class,
            ContentInfo.class,
            Pfx.class,
            NullMarked.class)
        .map(
            c ->
                new File(c.getProtectionDomain().getCodeSource().getLocation().getPath()).getPath())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private ProcessBuilder countersign(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(),
                "dev.countersign.cli.Main"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  private static String ends(Process process, int code) throws Exception {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(code);
    return said;
  }

  private Path stringFile(String identity) throws IOException {
    return Files.writeString(
        temp.resolve(identity + ".string"), authority.string(identity).encode());
  }

  @Test
  void two_processes_with_one_string_and_one_folder_get_one_certificate() throws Exception {
    String file = stringFile("orders").toString();
    String directory = temp.resolve("orders").toString();
    Process one = countersign("enroll", "--string-file", file, "--dir", directory).start();
    Process two = countersign("enroll", "--string-file", file, "--dir", directory).start();
    String said = ends(one, 0) + ends(two, 0);
    assertThat(said)
        .contains("Enrolled: orders", "This string was used in this folder before: orders");
    assertThat(authority.issued).hasSize(1);
  }

  @Test
  void killed_while_it_waits_for_the_answer_it_gets_the_same_certificate_next_time()
      throws Exception {
    CountDownLatch issued = new CountDownLatch(1);
    CountDownLatch killed = new CountDownLatch(1);
    authority.tampering =
        answer -> {
          issued.countDown();
          try {
            killed.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    String file = stringFile("orders").toString();
    Path directory = temp.resolve("orders");
    Process process =
        countersign("enroll", "--string-file", file, "--dir", directory.toString()).start();
    assertThat(issued.await(60, TimeUnit.SECONDS)).isTrue();
    process.destroyForcibly().waitFor();
    killed.countDown();
    assertThat(directory.resolve("pending/key.pem")).exists();

    authority.tampering = answer -> {};
    new CliRun(clock, temp)
        .run("enroll", "--string-file", file, "--dir", directory.toString())
        .ends(0);
    assertThat(authority.issued).hasSize(1);
    assertThat(Certificate.parsePem(Files.readString(directory.resolve("current/cert.pem"))))
        .containsExactly(authority.issued.get(0));
  }

  @Test
  void an_agent_that_is_killed_again_and_again_loses_no_certificate_and_no_hook() throws Exception {
    authority.tampering =
        answer -> { // it is always time
          String past = clock.instant().minusSeconds(60).toString();
          answer.withObject("/renewal").put("start", past).put("end", past);
        };
    Path directory = temp.resolve("orders");
    CliRun cli = new CliRun(clock, temp);
    cli.run(
            "enroll",
            "--string-file",
            stringFile("orders").toString(),
            "--dir",
            directory.toString())
        .ends(0);
    Path loaded = temp.resolve("loaded");
    cli.run(
            "hook",
            "set",
            "program",
            "--on-change",
            "echo $COUNTERSIGN_SERIAL >>" + loaded,
            "--dir",
            directory.toString())
        .ends(0);
    Set<String> inForce = new HashSet<>();
    for (int i = 0; i < KILLS; i++) {
      CountDownLatch asked = new CountDownLatch(1);
      authority.fault =
          exchange -> {
            if (exchange.getRequestURI().getPath().equals("/v1/renew")) {
              asked.countDown();
            }
            return false;
          };
      Process agent = countersign("agent", "--dir", directory.toString()).start();
      assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
      LockSupport.parkNanos(i * 15_000_000L); // ever further: asked, answered, written, told
      agent.destroyForcibly().waitFor();
      inForce.add(serial(directory));
    }
    authority.fault = exchange -> false;
    Process agent = countersign("agent", "--dir", directory.toString()).start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (authority.issued.stream()
            .map(c -> c.serial().toString())
            .anyMatch(s -> !inForce.contains(s))
        || !Files.exists(loaded)
        || !Files.readString(loaded).endsWith(serial(directory) + "\n")) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      inForce.add(serial(directory));
      LockSupport.parkNanos(10_000_000);
    }
    agent.destroy(); // SIGTERM
    assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(agent.exitValue()).isEqualTo(143);
    cli.run("status", "--dir", directory.toString()).ends(0);
  }

  /** Of what is in force, which is whole. */
  private static String serial(Path directory) {
    return CredentialFolder.at(directory).read().info().serial().toString();
  }

  @Test
  void output_that_cannot_be_written_is_no_success() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full");
    String directory = temp.resolve("orders").toString();
    new CliRun(clock, temp)
        .run(
            "enroll",
            "--quiet",
            "--string-file",
            stringFile("orders").toString(),
            "--dir",
            directory)
        .ends(0);
    Process process =
        countersign("status", "--dir", directory)
            .redirectErrorStream(false)
            .redirectOutput(new File("/dev/full"))
            .redirectError(temp.resolve("err").toFile())
            .start();
    ends(process, 7);
    assertThat(temp.resolve("err")).content().contains("Could not write the output");
  }

  @Test
  void the_default_folders_are_below_the_home_of_the_environment() throws Exception {
    Path home = temp.resolve("home");
    ProcessBuilder operator = countersign("identity", "list");
    operator.environment().keySet().removeIf(name -> name.matches("(XDG|COUNTERSIGN)_.*"));
    operator.environment().put("HOME", home.toString());
    assertThat(ends(operator.start(), 7)).contains(" in " + home + "/.config/countersign.");
    operator.environment().put("XDG_CONFIG_HOME", temp.resolve("settings").toString());
    assertThat(ends(operator.start(), 7)).contains(" in " + temp + "/settings/countersign.");
    operator.environment().remove("XDG_CONFIG_HOME");
    operator.environment().remove("HOME");
    assertThat(ends(operator.start(), 7))
        .contains(" in " + System.getProperty("user.home") + "/.config/countersign.");
  }

  @Test
  void a_folder_that_this_user_may_not_look_into_is_not_called_empty() throws Exception {
    assumeTrue(
        succeeds(Stream.concat(obeying().stream(), Stream.of("true")).toArray(String[]::new)),
        "needs setpriv to obey file modes as root");
    Path directory = temp.resolve("locked");
    Files.createDirectories(directory.resolve("orders"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("---------"));
    try {
      for (Path folder : List.of(directory, directory.resolve("orders"))) {
        assertThat(ends(obedient("status", "--dir", folder.toString()).start(), 7))
            .contains("this user may not touch " + folder, "Run as the folder's owner")
            .doesNotContain("nrol");
      }
      ProcessBuilder operator = obedient("identity", "list");
      operator.environment().put("COUNTERSIGN_HOME", directory.toString());
      assertThat(ends(operator.start(), 7)).contains("this user may not touch " + directory);
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** File modes hold for root only without these rights. */
  private static List<String> obeying() {
    return System.getProperty("user.name").equals("root")
        ? List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search")
        : List.of();
  }

  private ProcessBuilder obedient(String... arguments) {
    ProcessBuilder builder = countersign(arguments);
    List<String> command = new ArrayList<>(obeying());
    command.addAll(builder.command());
    return builder.command(command);
  }

  @Test
  void a_really_full_disk_is_told_and_nothing_is_lost() throws Exception {
    Path disk = Files.createDirectory(temp.resolve("disk"));
    assumeTrue(
        succeeds("mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", disk.toString()),
        "needs the right to mount");
    try {
      String file = stringFile("orders").toString();
      CliRun cli = new CliRun(clock, temp);
      Files.write(disk.resolve("ballast"), new byte[64 * 1024]);
      assertThat(
              cli.run("enroll", "--string-file", file, "--dir", disk.resolve("orders").toString())
                  .ends(7)
                  .err())
          .contains("is full", "make room");
      Files.delete(disk.resolve("ballast"));
      cli.run("enroll", "--string-file", file, "--dir", disk.resolve("orders").toString()).ends(0);
      assertThat(authority.issued).hasSize(1);
    } finally {
      assertThat(succeeds("umount", disk.toString())).isTrue();
    }
  }

  private static boolean succeeds(String... command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
