package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** enroll, renew, status and trust. */
class CredentialCommandsTest {
  @TempDir Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final TestCa ca = TestCa.create(clock);
  private AuthorityDouble authority;
  private CliRun cli;
  private String directory;

  @BeforeEach
  void start() {
    authority = AuthorityDouble.start(ca, clock);
    cli = new CliRun(clock, temp.resolve("home"));
    directory = temp.resolve("orders").toString();
  }

  @AfterEach
  void stop() {
    authority.close();
  }

  private String string() {
    return authority.string("orders").encode();
  }

  private Path file(String content) throws IOException {
    Path file = Files.createTempFile(temp, "string", "");
    Files.writeString(file, content + "\n");
    return file;
  }

  private void enroll() {
    cli.stdin(string()).run("enroll", "-", "--dir", directory).ends(0);
  }

  @Test
  void takes_the_string_from_a_file_the_environment_or_stdin() throws Exception {
    Path file = file(string());
    CliRun.Result byFile =
        cli.run("enroll", "--string-file", file.toString(), "--dir", temp.resolve("a").toString())
            .ends(0);
    assertThat(byFile.out()).isEqualTo(temp.resolve("a/current") + System.lineSeparator());
    assertThat(byFile.err())
        .contains("Enrolled: orders has a certificate until")
        .doesNotContain("warning");
    cli.stdin(string()).run("enroll", "-", "--dir", temp.resolve("b").toString()).ends(0);
    new CliRun(clock, temp)
        .with("COUNTERSIGN_STRING", string())
        .run("enroll", "--dir", temp.resolve("c").toString())
        .ends(0);
    assertThat(authority.issued).hasSize(3);
  }

  @Test
  void warns_of_a_string_that_others_can_see() throws Exception {
    assertThat(cli.run("enroll", string(), "--dir", directory).ends(0).err())
        .contains("warning: the enrolment string was given as an argument");
    Path file = file(string());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(
            cli.run(
                    "enroll",
                    "--string-file",
                    file.toString(),
                    "--dir",
                    temp.resolve("x").toString())
                .ends(0)
                .err())
        .contains("everybody on this machine can read " + file);
    assertThat(
            cli.run("enroll", string(), "--quiet", "--dir", temp.resolve("y").toString())
                .ends(0)
                .err())
        .isEmpty();
  }

  @Test
  void does_not_warn_of_a_file_that_holds_no_string() throws Exception {
    Path program = Files.write(temp.resolve("program"), new byte[] {0x7f, 'E', 'L', 'F', 0});
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(cli.run("enroll", "--string-file", program.toString()).ends(2).err())
        .contains("The enrolment string cannot be used")
        .doesNotContain("warning", "chmod", "ELF");
  }

  @Test
  void never_asks_without_a_terminal() {
    assertThat(cli.run("enroll", "--dir", directory).ends(2).err())
        .contains("There is no enrolment string", "--string-file", "COUNTERSIGN_STRING");
  }

  @Test
  void a_mistyped_string_is_told_and_not_repeated() {
    String good = string();
    String mistyped =
        good.substring(0, 30) + (good.charAt(30) == 'A' ? 'B' : 'A') + good.substring(31);
    CliRun.Result result = cli.stdin(mistyped).run("enroll", "-", "--dir", directory).ends(2);
    assertThat(result.err()).contains("cannot be used").doesNotContain(mistyped.substring(10, 40));
    assertThat(cli.run("enroll", "--nonsense=" + good, "--dir", directory).ends(2).err())
        .doesNotContain(good.substring(10, 40));
  }

  @Test
  void each_failure_has_its_exit_code() {
    TestCa other = TestCa.create("Other", KeyAlgorithm.P256, clock);
    String wrongPin =
        authority
            .string("orders", 1, List.of(authority.url()), List.of(other.root().pin()))
            .encode();
    JsonNode error =
        cli.stdin(wrongPin).run("enroll", "-", "--json", "--dir", directory).ends(4).jsonError();
    assertThat(error.get("kind").textValue()).isEqualTo("wrong-server");
    assertThat(error.get("exitCode").intValue()).isEqualTo(4);
    assertThat(error.get("message").textValue()).contains("expects " + other.root().pin());

    EnrollmentString expired = authority.string("orders");
    authority.enrollment(expired).state = "expired";
    cli.stdin(expired.encode()).run("enroll", "-", "--dir", directory).ends(5);

    EnrollmentString cancelled = authority.string("orders");
    authority.enrollment(cancelled).state = "cancelled";
    assertThat(cli.stdin(cancelled.encode()).run("enroll", "-", "--dir", directory).ends(3).err())
        .startsWith("countersign: The authority at localhost:");

    String dead =
        authority
            .string(
                "orders", 1, List.of(URI.create("https://localhost:1")), List.of(ca.root().pin()))
            .encode();
    cli.stdin(dead).run("enroll", "-", "--dir", directory).ends(6);
    cli.stdin(dead)
        .run("enroll", "-", "--url", authority.url().toString(), "--dir", directory)
        .ends(0);

    authority.fault =
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", "3600");
          AuthorityDouble.send(exchange, 503, "text/plain", new byte[] {'x'});
          return true;
        };
    JsonNode away = cli.run("renew", "--force", "--json", "--dir", directory).ends(6).jsonError();
    assertThat(away.get("kind").textValue()).isEqualTo("unavailable");
    assertThat(away.get("message").textValue()).contains("in 3600 s");
    authority.fault = exchange -> false;

    cli.stdin(string()).run("enroll", "-", "--dir", directory).ends(7);
    cli.run("enroll", "--string-file", temp.resolve("absent").toString()).ends(7);
    cli.stdin(string()).run("enroll", "-", "--mode", "0644", "--dir", directory).ends(2);
    cli.stdin(string()).run("enroll", "-", "--key-algorithm", "DSA", "--dir", directory).ends(2);
    cli.stdin(string()).run("enroll", "-", "--url", "http://localhost", "--dir", directory).ends(2);
    cli.run("status", "--dir", temp.resolve("absent").toString()).ends(7);
    cli.run("nonsense").ends(2);
    cli.run().ends(2);
  }

  @Test
  void enrolling_shows_itself_as_json() {
    JsonNode json =
        cli.stdin(string()).run("enroll", "-", "--json", "--dir", directory).ends(0).json();
    assertThat(json.get("command").textValue()).isEqualTo("enroll");
    assertThat(json.get("identity").textValue()).isEqualTo("orders");
    assertThat(json.get("current").textValue()).isEqualTo(directory + "/current");
    assertThat(json.get("serial").textValue()).hasSize(40);
    assertThat(json.at("/names/dns/0").textValue()).isEqualTo("orders.internal");
    assertThat(json.get("alreadyEnrolled").booleanValue()).isFalse();
    assertThat(json.at("/renewal/start").textValue()).endsWith("Z");
  }

  @Test
  void usual_folders_follow_xdg() {
    cli.stdin(string()).run("enroll", "-").ends(0);
    assertThat(temp.resolve("home/.local/share/countersign/current")).exists();
    CliRun elsewhere =
        new CliRun(clock, temp.resolve("home"))
            .with("XDG_DATA_HOME", temp.resolve("data").toString());
    elsewhere.stdin(string()).run("enroll", "-").ends(0);
    assertThat(temp.resolve("data/countersign/current")).exists();
    assertThat(
            cli.stdin(authority.string("admin").encode())
                .run("enroll", "-", "--operator")
                .ends(0)
                .err())
        .doesNotContain("warning");
    assertThat(temp.resolve("home/.config/countersign/current")).exists();
    assertThat(
            cli.stdin(authority.string("admin2").encode())
                .run("enroll", "-", "--dir", directory)
                .ends(0)
                .err())
        .contains("export COUNTERSIGN_HOME=" + directory);
    assertThat(
            cli.stdin(authority.string("orders").encode())
                .run("enroll", "-", "--operator", "--replace")
                .ends(0)
                .err())
        .contains("warning: orders is a service (profile peer)", "enroll --operator --replace");
  }

  @Test
  void renews_when_it_is_time_or_when_told() {
    enroll();
    CliRun.Result early = cli.run("renew", "--dir", directory).ends(0);
    assertThat(early.err()).contains("Nothing to do");
    assertThat(cli.run("renew", "--dir", directory, "--json").json().get("renewed").booleanValue())
        .isFalse();
    assertThat(cli.run("renew", "--dir", directory, "--force").ends(0).err())
        .contains("Renewed: orders");
    JsonNode mtls =
        cli.run("renew", "--dir", directory, "--force", "--same-key", "--proof", "mtls", "--json")
            .ends(0)
            .json();
    assertThat(mtls.get("renewed").booleanValue()).isTrue();
    assertThat(mtls.get("generation").intValue()).isEqualTo(3);
    cli.run("renew", "--dir", directory, "--proof", "other").ends(2);
    cli.run("renew", "--dir", directory, "--same-key", "--key-algorithm", "P-384").ends(2);
    clock.advance(Duration.ofDays(60));
    cli.run("renew", "--dir", directory).ends(5);
  }

  @Test
  void status_tells_the_state_by_word_and_exit_code() {
    enroll();
    CliRun.Result result = cli.run("status", "--dir", directory).ends(0);
    assertThat(result.out())
        .contains("identity:", "orders", "valid (30 days left)", "orders.internal");
    JsonNode json = cli.run("status", "--dir", directory, "--json").ends(0).json();
    assertThat(json.get("state").textValue()).isEqualTo("valid");
    assertThat(json.get("secondsLeft").longValue()).isEqualTo(Duration.ofDays(30).toSeconds());
    clock.advance(Duration.ofDays(25));
    assertThat(cli.run("status", "--dir", directory).ends(0).err()).contains("It is time to renew");
    clock.advance(Duration.ofDays(6));
    CliRun.Result expired = cli.run("status", "--dir", directory).ends(5);
    assertThat(expired.out()).contains("expired");
    assertThat(expired.err()).contains("can still be renewed");
  }

  @Test
  void status_warns_of_a_key_that_others_can_read() throws IOException {
    enroll();
    assertThat(cli.run("status", "--dir", directory).ends(0).err()).doesNotContain("warning");
    Path key = Path.of(directory, "generations", "1", "key.pem");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(cli.run("status", "--dir", directory).ends(0).err())
        .contains("warning: everybody on this machine can read the private key", "chmod o= " + key);
  }

  @Test
  void trust_brings_the_bundle_up_to_date() {
    enroll();
    TestCa second = TestCa.create("Second", KeyAlgorithm.P256, clock);
    authority.bundle.add(second.root());
    authority.cross.add(ca.vouchFor(second));
    authority.bundleNumber = 2;
    JsonNode before = cli.run("trust", "--offline", "--json", "--dir", directory).ends(0).json();
    assertThat(before.get("roots")).hasSize(1);
    JsonNode json = cli.run("trust", "--json", "--dir", directory).ends(0).json();
    assertThat(json.get("changed").booleanValue()).isTrue();
    assertThat(json.get("trustBundle").intValue()).isEqualTo(2);
    assertThat(json.get("roots")).hasSize(2);
    assertThat(json.at("/roots/0/pin").textValue()).isEqualTo(ca.root().pin().toString());
    assertThat(cli.run("trust", "--pem", "--dir", directory).out()).contains("BEGIN CERTIFICATE");
    assertThat(cli.run("trust", "--dir", directory).out())
        .contains("ROOT", ca.root().pin().toString());
  }

  @Test
  void colours_and_progress_are_for_terminals() {
    cli.onTerminal();
    authority.fault =
        exchange -> {
          long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
          while (!cli.err.toString(StandardCharsets.UTF_8).contains(" … ")
              && System.nanoTime() < deadline) {
            LockSupport.parkNanos(5_000_000);
          }
          return false;
        };
    CliRun.Result slow = cli.stdin(string()).run("enroll", "-", "--dir", directory).ends(0);
    assertThat(slow.err())
        .contains("asking " + authority.url() + " for a certificate … ")
        .contains("\r");
    assertThat(cli.run("status", "--dir", directory).out()).contains("\u001b[1m");
    assertThat(cli.with("NO_COLOR", "1").run("status", "--dir", directory).out())
        .doesNotContain("\u001b");
  }
}
