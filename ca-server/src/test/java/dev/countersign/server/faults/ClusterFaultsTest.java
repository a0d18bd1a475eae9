package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.countersign.client.Answers;
import dev.countersign.client.OperatorApi;
import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.testing.FaultProxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Three servers over a PostgreSQL that a second one follows synchronously. One server dies, and
 * then the first PostgreSQL for good; each test begins with what the one before has left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(Sites.Shared.class)
class ClusterFaultsTest {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int SOME = 60;
  private static final int MANY = 100; // each waiting by itself would take a quarter of an hour
  private static final String FOLLOWER = "follower";

  private final List<Daemon> nodes = new ArrayList<>();
  private Site site = new Site(Path.of("none"));
  private @Nullable Postgres primary;
  private @Nullable Postgres standby;
  private @Nullable FaultProxy replication;

  @BeforeAll
  void start(Sites sites) throws Exception {
    site = sites.bare();
    Postgres first = Postgres.make(site.place().resolve("postgres"));
    FaultProxy between = new FaultProxy(first.port());
    replication = between;
    Postgres second = first.standby(site.place().resolve("standby"), FOLLOWER, between);
    primary = first;
    standby = second;
    first.set("synchronous_standby_names", FOLLOWER);
    first.start();
    second.start();
    await()
        .atMost(LONG)
        .until(() -> first.strings("select sync_state from pg_stat_replication").contains("sync"));
    assertThatThrownBy(() -> Database.open(settings(second.url()), (reason, cause) -> {}))
        .hasMessageContaining("standby");
    String url =
        "jdbc:postgresql://127.0.0.1:" + first.port() + ",127.0.0.1:" + second.port() + "/postgres";
    String string = Sites.initialize(site, "--database-url", url, "--database-user", "postgres");
    List<Daemon.Launched> launched = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Path folder = Files.createDirectory(sites.bare().directory());
      Sites.copyTree(site.directory(), folder);
      launched.add(
          Daemon.launch(
              folder,
              List.of(),
              "--https-port",
              "0",
              "--http-port",
              "0",
              "--management-port",
              "0"));
    }
    nodes.add(site.serve());
    for (Daemon.Launched one : launched) {
      nodes.add(one.ready());
    }
    Site.enroll(Site.parse(string), site.folder("admin"), nodes.get(0).https());
  }

  @AfterAll
  void stop() throws Exception {
    for (Daemon node : nodes) {
      node.close();
    }
    for (AutoCloseable one : new AutoCloseable[] {standby, primary, replication}) {
      if (one != null) {
        one.close();
      }
    }
  }

  private static <T> T started(@Nullable T it) {
    if (it == null) {
      throw new IllegalStateException("not started");
    }
    return it;
  }

  private static DatabaseSettings settings(String url) {
    return new DatabaseSettings(url, Optional.of("postgres"), Optional.empty());
  }

  private List<URI> urls() {
    return nodes.stream().map(Daemon::https).toList();
  }

  /** The library's: it turns to the next address by itself, so nothing is heard of it. */
  @Test
  @Order(1)
  void whoever_knows_three_servers_sees_nothing_of_the_death_of_one() throws Exception {
    Site.add(site.admin(), "survives");
    Burst burst = new Burst(Site.request("survives"));
    List<OperatorApi> ways = new ArrayList<>();
    for (int first = 0; first < nodes.size(); first++) {
      List<URI> turned = new ArrayList<>(urls());
      Collections.rotate(turned, first);
      ways.add(site.admin(turned.toArray(URI[]::new)));
    }
    ExecutorService killer = Executors.newSingleThreadExecutor();
    try {
      Future<?> killing =
          killer.submit(
              () -> {
                await().atMost(LONG).until(() -> burst.received.size() >= SOME);
                nodes.get(2).kill();
                return null;
              });
      burst.sendAll(4 * SOME, ways);
      killing.get();
    } finally {
      killer.shutdownNow();
    }
    assertThat(burst.failed).isEmpty();
    assertThat(burst.received.values()).hasSize(4 * SOME).doesNotHaveDuplicates();
    Postgres postgres = started(primary);
    assertThat(postgres.strings("select serial from certificate where identity = 'survives'"))
        .containsExactlyInAnyOrderElementsOf(burst.received.values());
    assertThat(
            postgres.strings(
                "select serial from event"
                    + " where action = 'certificate.issued' and identity = 'survives'"))
        .containsExactlyInAnyOrderElementsOf(burst.received.values());
  }

  /** Nothing may be acknowledged that one machine alone has. */
  @Test
  @Order(2)
  void without_the_standby_nothing_is_recorded_and_reading_goes_on() throws Exception {
    Site.add(site.admin(), "waits");
    Direct admin = new Direct(site, "admin");
    URI url = urls().get(0);
    Answers.IssueRequest request = Site.request("waits");
    started(standby).stop();
    assertThat(admin.issue(url, request, "first").problem()).isEqualTo("outcome-unknown");
    Instant end = Instant.now().plus(LONG);
    for (int i = 0; i < MANY; i++) {
      Direct.Answer refused = admin.issue(url, request, "later-" + i);
      assertThat(refused.problem()).as("%s", refused).isEqualTo("unavailable");
      assertThat(Instant.now()).as("refused at once, until %d", i).isBefore(end);
    }
    assertThat(admin.get(url.resolve("/v1/identities/waits")).status()).isEqualTo(200);
    assertThat(admin.get(nodes.get(0).management().resolve("/readyz")).text().get("checks"))
        .contains("takes no writes");

    started(standby).start();
    await().atMost(LONG).until(() -> admin.issue(url, request, "first").isDone());
    assertThat(started(primary).strings("select serial from certificate where identity = 'waits'"))
        .containsExactly(admin.issue(url, request, "first").serial());
  }

  @Test
  @Order(3)
  void what_was_acknowledged_is_on_the_standby_that_takes_over() throws Exception {
    Site.add(site.admin(urls().get(0)), "fails-over");
    Direct admin = new Direct(site, "admin");
    try (Load load = new Load(admin, urls().subList(0, 2), "fails-over")) {
      load.awaitMore(SOME);
      // What is recorded from now on is on one machine alone, and must not be acknowledged
      started(replication).hang();
      await()
          .atMost(LONG)
          .until(
              () ->
                  started(primary)
                      .strings("select pid from pg_stat_activity where wait_event = 'SyncRep'")
                      .size(),
              waiting -> waiting > 0);
      started(primary).kill();
      load.awaitRefused(20);
      started(standby).promote();
      load.awaitMore(SOME).finish();
      assertThat(load.refusals())
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).as("%s", answer).isEqualTo(503);
                assertThat(answer.retryAfter()).isPresent();
              });
      load.isWhatIsRecorded(started(standby).url());
    }
    for (Daemon node : nodes.subList(0, 2)) {
      URI ready = node.management().resolve("/readyz");
      await().atMost(LONG).until(() -> admin.get(ready).status() == 200);
    }
  }
}
