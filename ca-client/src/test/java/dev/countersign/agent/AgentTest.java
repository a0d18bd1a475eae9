package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon, in this process, with an authority in memory whose clock the test sets. */
class AgentTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path temp;

  private final TestAuthority authority = TestAuthority.start();
  private final List<String> said = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    authority.close();
  }

  private CredentialFolder enrolled(Path place) {
    CredentialFolder folder = CredentialFolder.at(place);
    authority.issue(folder, String.valueOf(place.getFileName()));
    return folder;
  }

  private CredentialFolder enrolled(String name) {
    return enrolled(temp.resolve(name));
  }

  private Agent agent(String machine, boolean moved, Path... folders) {
    return Agent.start(
        List.of(folders),
        new Agent.Surroundings(
            authority.clock(),
            System::nanoTime,
            new SecureRandom(),
            (level, folder, event, sentence) ->
                said.add(level + " " + folder.getFileName() + " " + event + ": " + sentence),
            Optional.of(machine)),
        moved);
  }

  private Agent agent(Path... folders) {
    return agent("one", false, folders);
  }

  private static Hook command(String command, String... more) {
    return new Hook(
        "program",
        Hook.ALL,
        Optional.of(command),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        more.length == 0 ? Optional.empty() : Optional.of(more[0]),
        Duration.ofSeconds(20));
  }

  /** Writes a line for each run. */
  private static Hook recording(Path file) {
    return command("echo \"$COUNTERSIGN_CHANGED\" $COUNTERSIGN_SERIAL >>" + file);
  }

  private void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("%s; it said: %s", what, said).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static AgentState.HookState state(CredentialFolder folder) {
    return AgentState.read(folder.path()).hook("program");
  }

  private static String health(Agent agent) {
    return String.valueOf(
        agent.conditions().stream()
            .flatMap(c -> c.complaints(agent.clock().instant()).stream())
            .toList());
  }

  @Test
  void a_hook_is_run_at_first_and_once_for_each_change_and_told_what_changed() throws Exception {
    CredentialFolder folder = enrolled("orders");
    CredentialFolder peer = enrolled("peer");
    Path record = temp.resolve("record");
    Hooks.in(folder.path()).set(recording(record));
    try (Agent agent = agent(folder.path(), peer.path())) {
      Credential first = folder.read();
      await("the first run", () -> lines(record).size() == 1);
      assertThat(lines(record)).containsExactly("certificate trust lists " + first.info().serial());

      authority.revoke(peer.read().certificate());
      await("a run for the lists", () -> lines(record).size() >= 2);
      assertThat(lines(record).get(1)).isEqualTo("lists " + first.info().serial());
      assertThat(folder.read().revocationLists().revoked(peer.read().fullChain())).isPresent();

      authority.pass(Duration.ofDays(29));
      await("renewal", () -> !folder.read().info().serial().equals(first.info().serial()));
      String next = folder.read().info().serial().toString();
      await(
          "a run for the certificate",
          () -> lines(record).stream().anyMatch(l -> l.matches("certificate.* " + next)));
      await("kept", () -> state(folder).isCurrent(recording(record), folder.read()));
      assertThat(said).anyMatch(l -> l.startsWith("INFO orders renewed: Renewed: orders"));
      assertThat(health(agent)).contains("was revoked"); // the peer's own folder
    }
    int runs = lines(record).size();
    said.clear();
    try (Agent again = agent(folder.path())) {
      await("it keeps", () -> said.stream().anyMatch(l -> l.contains(" keeping: ")));
      await("it has looked", () -> !again.conditions().get(0).hooks().isEmpty());
      assertThat(lines(record)).hasSize(runs);
    }
  }

  @Test
  void a_hook_that_fails_is_loud_and_tried_until_it_is_done() throws Exception {
    CredentialFolder folder = enrolled("orders");
    Path mended = temp.resolve("mended");
    Hooks.in(folder.path())
        .set(command("test -e " + mended + " || { echo no such thing; exit 3; }"));
    try (Agent agent = agent(folder.path());
        AgentHttp http =
            AgentHttp.start(
                new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0),
                agent)) {
      await("a second failure", () -> state(folder).failures() >= 2);
      assertThat(state(folder).reason().orElseThrow())
          .isEqualTo("It ended with 3. It said: no such thing");
      assertThat(said).anyMatch(l -> l.startsWith("ERROR orders hook-failed: Hook program"));
      assertThat(asked(http, "/healthz")).startsWith("503 ").contains("no such thing");
      assertThat(asked(http, "/metrics"))
          .contains("countersign_agent_hook_good{dir=\"" + folder.path() + "\",hook=\"program\"} 0")
          .contains("# TYPE countersign_agent_not_after_seconds gauge");
      Files.createFile(mended);
      await("done", () -> state(folder).failingSince().isEmpty());
      Path other = temp.resolve("other");
      Hooks.in(folder.path()).set(command("touch " + other));
      await("another of its name is run too", () -> Files.exists(other));
      await("and done", () -> state(folder).isCurrent(command("touch " + other), folder.read()));
      assertThat(asked(http, "/healthz")).isEqualTo("200 " + folder.path() + ": good\n");
    }
  }

  private static String asked(AgentHttp http, String path) throws Exception {
    var connection =
        (java.net.HttpURLConnection)
            new java.net.URL("http://localhost:" + http.port() + path).openConnection();
    int status = connection.getResponseCode();
    try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return status + " " + new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @Test
  void a_hook_counts_as_done_only_when_the_certificate_is_served() throws Exception {
    CredentialFolder folder = enrolled("orders");
    try (ServedCertificate server = ServedCertificate.start(folder.read())) {
      Path told = temp.resolve("told");
      Hooks.in(folder.path()).set(command("touch " + told, "localhost:" + server.port()));
      try (Agent agent = agent(folder.path())) {
        await("done at first", () -> state(folder).doneAt().isPresent());
        Files.delete(told);
        authority.pass(Duration.ofDays(29));
        await("told again", () -> Files.exists(told));
        int looks = server.handshakes.get();
        await("it looks again and again", () -> server.handshakes.get() > looks + 3);
        String old = state(folder).done().orElseThrow().certificate();
        assertThat(folder.read().info().serial().toString()).isNotEqualTo(old);
        assertThat(state(folder).done().orElseThrow().certificate()).isEqualTo(old);
        server.serve(folder.read());
        await(
            "done",
            () ->
                state(folder)
                    .done()
                    .orElseThrow()
                    .certificate()
                    .equals(folder.read().info().serial().toString()));
        assertThat(health(agent)).isEqualTo("[]");
      }
    }
  }

  @Test
  void of_two_agents_in_one_folder_one_works_and_the_other_takes_over() throws Exception {
    CredentialFolder folder = enrolled("orders");
    Agent first = agent(folder.path());
    try {
      await("the first keeps it", () -> said.stream().anyMatch(l -> l.contains(" keeping: ")));
      try (Agent second = agent(folder.path())) {
        await("the second says so", () -> said.stream().anyMatch(l -> l.contains(" waiting: ")));
        assertThat(second.conditions().get(0).waiting()).isTrue();
        assertThat(health(second)).isEqualTo("[]");
        first.close();
        await("it took over", () -> said.stream().anyMatch(l -> l.contains(" took-over: ")));
        await("it keeps", () -> !second.conditions().get(0).waiting());
      }
    } finally {
      first.close();
    }
  }

  @Test
  void a_folder_from_another_machine_is_noticed_until_it_is_said_to_be_moved() throws Exception {
    CredentialFolder folder = enrolled("orders");
    try (Agent here = agent(folder.path())) {
      await("kept here", () -> AgentState.read(folder.path()).home().isPresent());
    }
    Credential credential = folder.read();
    assertThat(AgentState.read(folder.path()).isOfAnother(Optional.of("one"), credential))
        .isFalse();
    assertThat(AgentState.read(folder.path()).isOfAnother(Optional.of("two"), credential)).isTrue();
    try (Agent elsewhere = agent("two", false, folder.path())) {
      await("it says so", () -> said.stream().anyMatch(l -> l.contains(" copied: ")));
      await("and shows it", () -> health(elsewhere).contains("kept on another machine"));
    }
    try (Agent moved = agent("two", true, folder.path())) {
      await(
          "it lives here now",
          () -> !AgentState.read(folder.path()).isOfAnother(Optional.of("two"), credential));
      assertThat(moved.conditions()).noneMatch(Condition::copied);
    }
  }

  @Test
  void hooks_that_others_could_have_written_are_not_run() throws Exception {
    CredentialFolder folder = enrolled("orders");
    Path record = temp.resolve("record");
    Hooks.in(folder.path()).set(recording(record));
    Path file = folder.path().resolve(Hooks.FILE);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    try (Agent agent = agent(folder.path())) {
      await("it says so", () -> said.stream().anyMatch(l -> l.contains(" hooks-not-run: ")));
      await("and shows it", () -> health(agent).contains("can be written to by others"));
      assertThat(state(folder).failingSince()).isPresent();
      assertThat(record).doesNotExist();
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (Agent agent = agent(folder.path())) {
      await("it runs", () -> lines(record).size() == 1);
      await("it is good", () -> health(agent).equals("[]"));
      assertThat(agent.conditions().get(0).trouble()).isEmpty();
    }
  }

  @Test
  void an_authority_that_is_away_past_the_expiry_is_asked_until_it_is_back() throws Exception {
    CredentialFolder folder = enrolled("orders");
    Credential first = folder.read();
    authority.server().fault =
        exchange -> {
          exchange.close();
          return true;
        };
    try (Agent agent = agent(folder.path())) {
      authority.pass(Duration.ofDays(31));
      await("it says what will be", () -> health(agent).contains("It expired at "));
      assertThat(folder.read().certificate()).isEqualTo(first.certificate());
      authority.server().fault = exchange -> false;
      await("renewed", () -> !folder.read().certificate().equals(first.certificate()));
      await("good", () -> health(agent).equals("[]"));
    }
  }

  @Test
  void a_clock_that_is_set_back_delays_nothing() throws Exception {
    CredentialFolder folder = enrolled("orders");
    Path mended = temp.resolve("mended");
    Hooks.in(folder.path()).set(command("test -e " + mended));
    try (Agent agent = agent(folder.path())) {
      await("it failed", () -> state(folder).failures() >= 1);
      authority.clock().advance(Duration.ofDays(-2));
      Files.createFile(mended);
      await("done all the same", () -> state(folder).doneAt().isPresent());
      await("it noticed", () -> said.stream().anyMatch(l -> l.contains(" clock-leapt: ")));
      assertThat(agent.conditions()).hasSize(1);
    }
  }

  @Test
  void a_full_disk_is_told_and_what_was_there_stays_until_there_is_room() throws Exception {
    Path disk = Files.createDirectory(temp.resolve("disk"));
    assumeTrue(
        succeeds("mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk.toString()),
        "needs the right to mount");
    try {
      CredentialFolder folder = enrolled(disk.resolve("orders"));
      Credential first = folder.read();
      Hooks.in(folder.path()).set(command("true"));
      Path ballast = disk.resolve("ballast");
      try (Agent agent = agent(folder.path())) {
        await("done at first", () -> state(folder).doneAt().isPresent());
        fill(ballast);
        authority.pass(Duration.ofDays(29));
        await("it says so", () -> said.stream().anyMatch(l -> l.contains("is full")));
        assertThat(folder.read().certificate()).isEqualTo(first.certificate());
        assertThat(health(agent)).contains("is full");
        Files.delete(ballast);
        await("renewed", () -> !folder.read().certificate().equals(first.certificate()));
        await("told", () -> state(folder).isCurrent(command("true"), folder.read()));
      }
    } finally {
      assertThat(succeeds("umount", disk.toString())).isTrue();
    }
  }

  private static void fill(Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      for (int i = 0; i < 1000; i++) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      return; // full
    }
    throw new AssertionError("there is still room for " + file);
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

  @Test
  void an_agent_may_begin_before_the_folder_is_there() throws Exception {
    Path place = temp.resolve("orders");
    try (Agent agent = agent(place)) {
      await("it says so", () -> said.stream().anyMatch(l -> l.contains("no-folder")));
      CredentialFolder folder = enrolled("orders");
      await("it keeps", () -> said.stream().anyMatch(l -> l.contains(" keeping: ")));
      assertThat(folder.path()).isEqualTo(agent.conditions().get(0).folder());
    }
  }
}
