package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes programs notice, as set and as seen. */
class HookCommandsTest {
  @TempDir Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private AuthorityDouble authority;
  private CliRun cli;
  private Path directory;

  @BeforeEach
  void start() {
    authority = AuthorityDouble.start(TestCa.create(clock), clock);
    cli = new CliRun(clock, temp.resolve("home"));
    directory = temp.resolve("orders");
    cli.stdin(authority.string("orders").encode())
        .run("enroll", "-", "--dir", directory.toString())
        .ends(0);
  }

  @AfterEach
  void stop() {
    authority.close();
  }

  private CliRun.Result run(String... words) {
    List<String> arguments = new ArrayList<>(Arrays.asList(words));
    arguments.addAll(List.of("--dir", directory.toString()));
    return cli.run(arguments.toArray(String[]::new));
  }

  @Test
  void hooks_are_set_listed_replaced_and_removed() {
    JsonNode set =
        run("hook", "set", "nginx", "--signal", "HUP", "--pid-file", "/run/nginx.pid", "--json")
            .ends(0)
            .json();
    assertThat(set.at("/hook/pidFile").textValue()).isEqualTo("/run/nginx.pid");
    run("hook", "set", "haproxy", "--haproxy", "/run/haproxy.sock", "--on", "trust,lists").ends(0);
    assertThat(run("hook", "set", "nginx", "--on-change", "true", "--timeout", "5s").ends(0).err())
        .contains("countersign agent --dir " + directory);
    JsonNode all = run("hook", "list", "--json").ends(0).json().get("items");
    assertThat(all).hasSize(2);
    assertThat(all.at("/0/onChange").textValue()).isEqualTo("true");
    assertThat(all.at("/0/timeout").textValue()).isEqualTo("PT5S");
    assertThat(all.at("/1/on")).hasSize(2);
    assertThat(run("hook", "list").ends(0).out()).contains("HAProxy at", "waits for an agent");
    assertThat(run("hook", "remove", "nginx", "--json").json().get("changed").booleanValue())
        .isTrue();
    assertThat(run("hook", "remove", "nginx").ends(0).err()).contains("Nothing was changed");
  }

  @Test
  void what_makes_no_sense_is_refused_with_what_would() {
    assertThat(run("hook", "set", "a").ends(2).err()).contains("one of --on-change");
    assertThat(run("hook", "set", "a", "--on-change", "x", "--haproxy", "y").ends(2).err())
        .contains("one of --on-change");
    assertThat(run("hook", "set", "a", "--signal", "HUP").ends(2).err()).contains("--pid-file");
    assertThat(run("hook", "set", "a", "--signal", "1;x", "--pid-file", "f").ends(2).err())
        .contains("by its name");
    assertThat(run("hook", "set", "a", "--haproxy", "192.0.2.1:9999").ends(2).err())
        .contains("of this machine");
    assertThat(run("hook", "set", "a", "--reload-unit", "-f").ends(2).err())
        .contains("nginx.service");
    assertThat(run("hook", "set", "a", "--on-change", "x", "--probe", "here").ends(2).err())
        .contains("HOST:PORT");
    assertThat(run("hook", "set", "a", "--on-change", "x", "--on", "key").ends(2).err())
        .contains("none of certificate, trust and lists");
    assertThat(cli.run("hook", "list", "--dir", temp.resolve("none").toString()).ends(7).err())
        .contains("Enrol first");
    assertThat(cli.run("agent", "--listen", "0.0.0.0:9464").ends(2).err()).contains("loopback");
  }

  @Test
  void status_ends_otherwise_while_a_hook_fails() throws IOException {
    run("hook", "set", "nginx", "--on-change", "true").ends(0);
    assertThat(run("status").ends(0).out()).contains("hook nginx:", "waits for an agent");
    Files.writeString(
        directory.resolve("agent.json"),
        "{\"version\":1,\"hooks\":{\"nginx\":{\"failures\":3,"
            + "\"failingSince\":\"2026-11-24T08:00:00Z\",\"reason\":\"It ended with 1.\"}}}");
    CliRun.Result failing = run("status").ends(9);
    assertThat(failing.out()).contains("failing since 2026-11-24T08:00:00Z: It ended with 1.");
    assertThat(failing.err()).contains("may still use what was there before");
    assertThat(run("status", "--json").ends(9).json().at("/hooks/0/reason").textValue())
        .isEqualTo("It ended with 1.");
    Files.writeString(directory.resolve("agent.json"), "{");
    assertThat(run("status").ends(7).err()).contains("agent.json cannot be read");
  }
}
