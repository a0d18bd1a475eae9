package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.countersign.client.Answers;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.OperatorApi;
import dev.countersign.client.RefusedException;
import dev.countersign.db.testing.Ports;
import dev.countersign.pki.EnrollmentString;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two servers, each in a folder of its own with the same keys, over one PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Sites.Shared.class)
class TwoNodesTest {
  private static final int ROUNDS = 10;
  private static final int LOCAL_FILES = 7;
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final String[] ANY_PORTS = {
    "--https-port", "0", "--http-port", "0", "--management-port", "0"
  };

  private Site site = new Site(Path.of("none"));
  private @Nullable EmbeddedPostgres postgres;
  private @Nullable Daemon one;
  private @Nullable Daemon other;
  private @Nullable Leap leap; // of the other's machine

  @BeforeAll
  void start(Sites sites) throws Exception {
    EmbeddedPostgres started = EmbeddedPostgres.builder().setPort(Ports.free(1).get(0)).start();
    postgres = started;
    site = sites.bare();
    String url = "jdbc:postgresql://localhost:" + started.getPort() + "/postgres";
    String string = Sites.initialize(site, "--database-url", url, "--database-user", "postgres");
    Site second = sites.bare();
    Files.createDirectory(second.directory());
    Sites.copyTree(site.directory(), second.directory());
    Leap moves = new Leap(second.place().resolve("leap"));
    leap = moves;
    Daemon.Launched launched = Daemon.launch(second.directory(), moves.jvm(), ANY_PORTS);
    one = site.serve();
    other = launched.ready();
    Site.enroll(Site.parse(string), site.folder("admin"), one().https());
  }

  @AfterAll
  void stop() throws Exception {
    if (one != null) {
      one.close();
    }
    if (other != null) {
      other.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  private Daemon one() {
    return started(one);
  }

  private Daemon other() {
    return started(other);
  }

  private static <T> T started(@Nullable T it) {
    if (it == null) {
      throw new IllegalStateException("not started");
    }
    return it;
  }

  @Test
  void a_services_whole_life_on_either_node() throws Exception {
    Story.of("orders", site, one());
    Story.of("billing", site, other());
  }

  @Test
  void what_one_node_revokes_the_other_soon_says() throws Exception {
    OperatorApi admin = site.admin(one().https());
    Site.add(admin, "seen");
    var credential = Site.enroll(Site.string(admin, "seen"), site.folder("seen"), one().https());
    new Relying(one().http()).saysGood(credential);
    new Relying(other().http()).saysGood(credential);
    admin.revokeCertificate(
        Site.serial(credential), new Answers.RevokeRequest("keyCompromise", Optional.empty()));
    new Relying(one().http()).saysRevoked(credential);
    new Relying(one().http()).soonSaysRevoked(credential);
    new Relying(other().http()).soonSaysRevoked(credential);
  }

  @Test
  void of_two_that_race_for_one_string_over_two_nodes_one_gets_it() throws Exception {
    OperatorApi admin = site.admin(one().https());
    Site.add(admin, "raced");
    List<String> serials = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      EnrollmentString string = Site.string(admin, "raced");
      CredentialFolder left = site.folder("left-" + round);
      CredentialFolder right = site.folder("right-" + round);
      List<Throwable> refusals =
          failuresOf(
              () -> serials.add(enrolled(string, left, one().https())),
              () -> serials.add(enrolled(string, right, other().https())));
      assertThat(refusals)
          .singleElement()
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.problem().word()).isEqualTo("enrollment-used"));
      // Whoever won gets the same certificate from the other node
      CredentialFolder winner = left.isUsed() ? left : right;
      assertThat(serials).hasSize(round + 1).last().isEqualTo(Site.serial(winner.read()));
    }
    assertThat(Site.serials(admin, "raced")).containsExactlyInAnyOrderElementsOf(serials);
    assertThat(Site.issuedEvents(admin, "raced")).containsExactlyInAnyOrderElementsOf(serials);
  }

  private String enrolled(EnrollmentString string, CredentialFolder folder, URI url) {
    return Site.serial(Site.enroll(string, folder, url));
  }

  private static List<Throwable> failuresOf(Callable<Boolean> left, Callable<Boolean> right)
      throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Throwable> failures = new ArrayList<>();
      for (Future<Boolean> done : threads.invokeAll(List.of(left, right))) {
        Throwable thrown = catchThrowable(() -> done.get(60, TimeUnit.SECONDS));
        if (thrown != null) {
          failures.add(thrown.getCause() == null ? thrown : thrown.getCause());
        }
      }
      return failures;
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void a_retry_at_the_other_node_gets_the_same_certificate() {
    OperatorApi here = site.admin(one().https());
    OperatorApi there = site.admin(other().https());
    Site.add(here, "retried");
    var request = Site.request("retried");
    String serial = here.issueCertificate(request, "retried").serial();
    assertThat(there.issueCertificate(request, "retried").serial()).isEqualTo(serial);
    assertThat(Site.serials(there, "retried")).containsExactly(serial);
  }

  @Test
  void a_thousand_at_once_over_two_nodes_are_a_thousand_serials_rows_and_events() throws Exception {
    OperatorApi admin = site.admin(one().https());
    Site.add(admin, "many");
    Burst burst = new Burst(Site.request("many"));

    burst.sendAll(1000, List.of(admin, site.admin(other().https())));

    assertThat(burst.failed).isEmpty();
    assertThat(burst.received.values()).hasSize(1000).doesNotHaveDuplicates();
    assertThat(strings("select serial from certificate where identity = 'many'"))
        .containsExactlyInAnyOrderElementsOf(burst.received.values());
    assertThat(
            strings(
                "select serial from event"
                    + " where identity = 'many' and action = 'certificate.issued'"))
        .containsExactlyInAnyOrderElementsOf(burst.received.values());
  }

  @Test
  void connections_that_the_database_drops_cost_no_certificate() throws Exception {
    OperatorApi admin = site.admin(one().https());
    Site.add(admin, "dropped");
    Burst burst = new Burst(Site.request("dropped"));
    ExecutorService dropping = Executors.newSingleThreadExecutor();
    try {
      Future<?> drops =
          dropping.submit(
              () -> {
                for (int i = 0; i < 5; i++) {
                  int wanted = 40 * (i + 1);
                  await()
                      .atMost(Duration.ofSeconds(60))
                      .until(() -> burst.received.size() >= wanted);
                  strings(
                      "select pg_terminate_backend(pid)::text from pg_stat_activity"
                          + " where application_name = 'countersignd'");
                }
                return null;
              });
      burst.sendAll(400, List.of(admin));
      drops.get(60, TimeUnit.SECONDS);
    } finally {
      dropping.shutdownNow();
    }
    List<String> got = new ArrayList<>(burst.received.values());
    got.addAll(burst.retried(admin).values());
    assertThat(got).hasSize(400).doesNotHaveDuplicates();
    assertThat(strings("select serial from certificate where identity = 'dropped'"))
        .containsExactlyInAnyOrderElementsOf(got);
  }

  @Test
  void a_clock_that_falls_behind_the_records_is_not_ready() throws Exception {
    assertThat(readyz(one())).startsWith("200");
    String before = strings("select max(number)::text from event").get(0);
    strings(
        "update event set happened_at = happened_at + interval '2 hours' where number = "
            + before
            + " returning serial");
    try {
      assertThat(readyz(one())).startsWith("503").contains("clock");
    } finally {
      strings(
          "update event set happened_at = happened_at - interval '2 hours' where number = "
              + before
              + " returning serial");
    }
    assertThat(readyz(one())).startsWith("200");
  }

  @Test
  void a_leap_of_one_machines_clock_is_said_there_and_harms_nobody() throws Exception {
    OperatorApi admin = site.admin(one().https());
    Site.add(admin, "leapt");
    Site.add(admin, "revoked-there");
    Credential there =
        Site.enroll(Site.string(admin, "revoked-there"), site.folder("revoked-there"));
    List<URI> both = List.of(one().https(), other().https());
    Instant start = Instant.now();
    try (Load load = new Load(new Direct(site, "admin"), both, "leapt")) {
      for (Duration by : List.of(Duration.ofDays(1), Duration.ofHours(-1))) {
        started(leap).by(by);
        await().atMost(LONG).until(() -> readyz(other()).startsWith("503"));
        assertThat(readyz(other())).contains("the machine's clock has leapt by " + by);
        load.awaitMore(60);
        assertThat(readyz(one())).startsWith("200");
      }
      site.admin(other().https())
          .revokeIdentity(
              "revoked-there", new Answers.RevokeRequest("superseded", Optional.empty()));
      for (Daemon node : List.of(one(), other())) {
        new Relying(node.http()).soonSaysRevoked(there);
      }
      started(leap).by(Duration.ZERO);
      await().atMost(LONG).until(() -> readyz(other()).startsWith("200"));
      load.awaitMore(60).finish();
      assertThat(load.refused).isEmpty();
      load.isWhatIsRecorded(url());
      assertThat(
              strings(
                  "select min(not_before) > '"
                      + start
                      + "'::timestamptz - interval '5 minutes'"
                      + " and max(issued_at) < now() + interval '1 minute' from certificate"
                      + " where identity = 'leapt'"))
          .containsExactly("t");
    }
  }

  @Test
  void a_clock_that_is_not_the_database_servers_starts_nothing(Sites sites) throws Exception {
    Site third = sites.bare();
    Files.createDirectory(third.directory());
    Sites.copyTree(site.directory(), third.directory());
    Leap moves = new Leap(third.place().resolve("leap"));
    moves.by(Duration.ofDays(1));
    List<String> serve =
        Program.countersignd(moves.jvm(), "serve", "--dir", third.directory().toString());
    serve.addAll(List.of(ANY_PORTS));
    assertThat(Program.run(serve).with(LOCAL_FILES).complaint())
        .contains("but the database server's says", "--the-clock-is-right");
  }

  private static String readyz(Daemon daemon) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(daemon.management().resolve("/readyz")).build(),
                HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  private String url() {
    return "jdbc:postgresql://localhost:" + started(postgres).getPort() + "/postgres";
  }

  private List<String> strings(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = started(postgres).getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(String.valueOf(rows.getString(1)));
      }
    }
    return found;
  }
}
