package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.client.testing.CrlServer;
import dev.countersign.client.testing.Crls;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.CRLReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is due, and nothing else. */
class EnsureCommandTest {
  @TempDir Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final TestCa ca = TestCa.create(clock);
  private final CrlServer lists = CrlServer.start();
  private AuthorityDouble authority;
  private CliRun cli;
  private Path directory;

  @BeforeEach
  void start() {
    authority = AuthorityDouble.start(ca, clock);
    ca.pointToCrlsAt(lists.url());
    cli = new CliRun(clock, temp.resolve("home"));
    directory = temp.resolve("orders");
  }

  @AfterEach
  void stop() {
    authority.close();
    lists.close();
  }

  private CliRun.Result ensure(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("ensure", "--identity", "orders", "--dir", directory.toString()));
    arguments.addAll(Arrays.asList(more));
    return cli.run(arguments.toArray(String[]::new));
  }

  private void enrolled() {
    cli.stdin(authority.string("orders").encode());
    ensure("-").ends(0);
  }

  /** Each name below the folder, with what would change if it were written to. */
  private Map<String, String> everything() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> walked = Files.walk(directory)) {
      for (Path path : walked.toList()) {
        all.put(
            path.toString(),
            Files.readAttributes(path, "unix:ino,ctime,lastModifiedTime,size").toString());
      }
    }
    return all;
  }

  @Test
  void enrols_when_there_is_nothing_and_then_neither_asks_nor_writes() throws IOException {
    cli.stdin(authority.string("orders").encode());
    CliRun.Result first = ensure("-").ends(0);
    assertThat(first.err()).contains("Enrolled: orders");
    assertThat(first.out()).isEqualTo(directory.resolve("current") + System.lineSeparator());
    Map<String, String> before = everything();
    authority.close();
    JsonNode again = ensure("--json").ends(0).json();
    assertThat(again.get("enrolled").booleanValue()).isFalse();
    assertThat(again.get("renewed").booleanValue()).isFalse();
    assertThat(everything()).isEqualTo(before);
    assertThat(lists.asked).hasValue(0);
  }

  @Test
  void renews_when_it_is_time_and_says_when_it_cannot() {
    enrolled();
    clock.advance(Duration.ofDays(25));
    authority.shows(
        AuthorityDouble.serverCredential(
            ca, "localhost", dev.countersign.pki.SubjectName.uri(AuthorityDouble.OWN_ID)),
        ca.root());
    assertThat(ensure("--json").ends(0).json().get("renewed").booleanValue()).isTrue();
    clock.advance(Duration.ofDays(25));
    authority.close();
    assertThat(ensure().ends(6).err()).contains("countersign: ");
    clock.advance(Duration.ofDays(60));
    assertThat(ensure().ends(5).err()).contains("new enrolment string");
  }

  @Test
  void fetches_lists_when_they_are_older_than_wanted() {
    enrolled();
    lists.publish(Crls.of(ca, clock.instant()).number(7).der());
    clock.advance(Duration.ofMinutes(30));
    assertThat(ensure("--json").ends(0).json().get("revocationListsChanged").booleanValue())
        .isFalse();
    assertThat(
            ensure("--lists-within", "10m", "--json")
                .ends(0)
                .json()
                .get("revocationListsChanged")
                .booleanValue())
        .isTrue();
  }

  @Test
  void a_string_for_somebody_else_puts_nothing_in_force_and_is_not_used_up() {
    String other = authority.string("billing").encode();
    cli.stdin(other);
    assertThat(ensure("-").ends(3).err()).contains("for \"billing\", not for \"orders\"");
    assertThat(directory.resolve("current")).doesNotExist();
    cli.stdin(other)
        .run("ensure", "--identity", "billing", "--dir", directory.toString(), "-")
        .ends(0);
    assertThat(authority.issued).hasSize(1);
    assertThat(ensure().ends(7).err()).contains("is of billing, not of orders");
  }

  @Test
  void what_is_revoked_for_good_is_replaced_with_a_new_string_alone() {
    EnrollmentString used = authority.string("orders");
    cli.stdin(used.encode());
    ensure("-").ends(0);
    lists.publish(
        Crls.of(ca, clock.instant())
            .number(7)
            .revoked(authority.issued.get(0), CRLReason.keyCompromise)
            .der());
    cli.run("trust", "--dir", directory.toString()).ends(0);
    assertThat(ensure().ends(3).err()).contains("was revoked");
    cli.stdin(used.encode());
    assertThat(ensure("-").ends(3).err()).contains("was revoked");
    cli.stdin(authority.string("orders").encode());
    assertThat(ensure("-").ends(0).err()).contains("Enrolled: orders");
    assertThat(authority.issued).hasSize(2);
  }

  @Test
  void without_a_string_it_says_how_to_get_one() {
    assertThat(ensure().ends(2).err()).contains("There is no enrolment string");
    assertThat(directory).doesNotExist();
    cli.run("ensure", "--dir", directory.toString()).ends(2);
  }
}
