package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @TempDir static Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final CliRun cli = new CliRun(clock, temp);

  @Test
  void it_says_what_it_found_with_the_command_that_mends_it() {
    try (AuthorityDouble server = AuthorityDouble.start(TestCa.create(clock), clock)) {
      String orders = temp.resolve("orders").toString();
      cli.stdin(server.string("orders").encode()).run("enroll", "-", "--dir", orders).ends(0);
      String address = "localhost:" + server.url().getPort();

      // The double takes any client certificate
      CliRun.Result text = cli.run("doctor", address, "--dir", orders).ends(10);
      assertThat(text.out())
          .contains("ERROR verification-off: ", "  mend: ", "this side's is accepted", "found, ");
      assertThat(text.out().lines().findFirst().orElseThrow()).startsWith(address + " shows ");

      JsonNode json = cli.run("doctor", address, "--dir", orders, "--json").ends(10).json();
      assertThat(json.get("address").textValue()).isEqualTo(address);
      assertThat(json.get("reached").booleanValue()).isTrue();
      JsonNode found = json.get("found").get(0);
      assertThat(found.get("check").textValue()).isEqualTo("verification-off");
      assertThat(found.get("severity").textValue()).isEqualTo("error");
      assertThat(found.get("mend").textValue()).isNotEmpty();
      assertThat(json.get("passed").toString()).contains("expired", "wrong-name");
      assertThat(json.get("notChecked").get("denied-but-accepted").textValue())
          .contains("--denied");
    }
  }

  @Test
  void it_ends_with_6_where_nobody_is_and_with_2_for_nonsense() {
    assertThat(cli.run("doctor", "localhost:1").ends(6).out()).contains("ERROR unreachable");
    assertThat(cli.run("doctor", "localhost").ends(2).err()).contains("HOST:PORT");
    assertThat(cli.run("doctor", "localhost:0").ends(2).err()).contains("not a port");
    assertThat(cli.run("doctor", "a:1", "--dir", temp + "/no").ends(2).err())
        .contains("There is no folder");
    assertThat(cli.run("doctor", "a:1", "--await-denial", "1m").ends(2).err())
        .contains("needs --denied");
  }
}
