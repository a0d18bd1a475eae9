package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.countersign.client.Answers;
import dev.countersign.client.Credential;
import dev.countersign.client.OperatorApi;
import dev.countersign.db.testing.FaultProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server goes on through whatever becomes of its PostgreSQL, and needs no restart after it: what
 * it knows it says, what it would have to record it refuses at once, and nobody was given what is
 * not on record.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Sites.Shared.class)
class DatabaseFaultsTest {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int SOME = 40;

  private Site site = new Site(Path.of("none"));
  private @Nullable Postgres postgres;
  private @Nullable FaultProxy proxy;
  private @Nullable Daemon daemon;
  private @Nullable Direct admin;
  private @Nullable Credential good;
  private @Nullable Credential bad;

  private interface Fault {
    void happens() throws Exception;
  }

  @BeforeAll
  void start(Sites sites) throws Exception {
    site = sites.bare();
    Postgres database = Postgres.make(site.place().resolve("postgres"));
    postgres = database;
    database.start();
    FaultProxy between = new FaultProxy(database.port());
    proxy = between;
    List<String> setup = sqlOfTheDocumentation();
    execute("postgres", setup.get(0));
    String url = Postgres.url(between.port()).replace("/postgres", "/countersign");
    String string =
        Sites.initialize(site, "--database-url", url, "--database-user", "countersign_owner");
    execute("countersign_owner", setup.get(1));
    Sites.replace(site.directory().resolve("countersign.yaml"), "countersign_owner", "countersign");
    Daemon served = site.serve();
    daemon = served;
    Site.enroll(Site.parse(string), site.folder("admin"), served.https());
    admin = new Direct(site, "admin");
    OperatorApi api = site.admin();
    good = enrolled(api, "good");
    bad = enrolled(api, "bad");
    api.revokeIdentity("bad", new Answers.RevokeRequest("superseded", Optional.empty()));
    new Relying(served.http()).soonSaysRevoked(bad());
    new Relying(served.http()).saysGood(good());
  }

  private static List<String> sqlOfTheDocumentation() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "postgresql.md"));
    List<String> blocks =
        Pattern.compile("^```sql[^\n]*\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(page)
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(blocks).hasSize(2);
    return blocks;
  }

  private void execute(String user, String script) throws SQLException {
    String url = user.equals("postgres") ? postgres().url() : countersign();
    try (Connection connection = DriverManager.getConnection(url, user, "");
        Statement statement = connection.createStatement()) {
      for (String each : script.split(";\n")) {
        statement.execute(each);
      }
    }
  }

  private String countersign() {
    return postgres().url().replace("/postgres", "/countersign");
  }

  private Credential enrolled(OperatorApi api, String identity) {
    Site.add(api, identity);
    return Site.enroll(Site.string(api, identity), site.folder(identity));
  }

  @AfterAll
  void stop() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
    if (proxy != null) {
      proxy.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  private static <T> T started(@Nullable T it) {
    if (it == null) {
      throw new IllegalStateException("not started");
    }
    return it;
  }

  private Postgres postgres() {
    return started(postgres);
  }

  private FaultProxy proxy() {
    return started(proxy);
  }

  private Daemon daemon() {
    return started(daemon);
  }

  private Direct admin() {
    return started(admin);
  }

  private Credential good() {
    return started(good);
  }

  private Credential bad() {
    return started(bad);
  }

  @Test
  void the_role_that_serves_can_do_all_of_it_and_not_rewrite_the_ledger() throws Exception {
    Story.of("orders", site, daemon());
    for (String sql :
        List.of(
            "update event set serial = null",
            "delete from event",
            "truncate event",
            "delete from certificate",
            "drop table lease",
            "create table theirs (id int)")) {
      assertThatThrownBy(() -> execute("countersign", sql))
          .as(sql)
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(e.getSQLState()).isEqualTo("42501")); // insufficient_privilege
    }
  }

  @Test
  void postgresql_is_stopped_and_started() throws Exception {
    throughLoad("stopped", postgres()::stop, postgres()::start);
  }

  @Test
  void postgresql_is_killed_and_started() throws Exception {
    throughLoad("killed", postgres()::kill, postgres()::start);
  }

  @Test
  void the_network_turns_connections_away() throws Exception {
    throughLoad("turned-away", proxy()::refuse, proxy()::pass);
  }

  @Test
  void the_network_is_silent_and_many_renew() throws Exception {
    Direct service = new Direct(site, "good");
    String csr = Site.request("good").csr();
    List<CompletableFuture<Direct.Answer>> renewals = new ArrayList<>();
    throughLoad(
        "silent",
        () -> {
          proxy().hang();
          // More than there are threads that may wait for the database, and than read requests
          IntStream.range(0, 100).forEach(i -> renewals.add(service.renew(daemon().https(), csr)));
        },
        () -> {
          for (CompletableFuture<Direct.Answer> renewal : renewals) {
            Direct.Answer answer = renewal.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(answer.status()).as("%s", answer).isEqualTo(503);
            assertThat(answer.retryAfter()).isPresent();
          }
          proxy().pass();
        });
  }

  @Test
  void connections_are_cut_again_and_again() throws Exception {
    Load load = load("cut");
    try (load) {
      for (int i = 0; i < 10; i++) {
        load.awaitMore(10);
        proxy().cut();
      }
      load.awaitMore(10).finish();
      assertThat(load.refusals()).allSatisfy(DatabaseFaultsTest::isToldToComeBack);
      load.isWhatIsRecorded(countersign());
    }
  }

  @Test
  void a_commit_that_is_done_and_not_answered_gives_its_certificate_when_asked_again()
      throws Exception {
    Site.add(site.admin(), "unanswered");
    Answers.IssueRequest request = Site.request("unanswered");
    proxy().cutAfterNextCommit();
    assertThat(outcome(request)).isEqualTo("503 outcome-unknown");
    List<String> stored = certificates("unanswered");
    assertThat(stored).hasSize(1);
    assertThat(outcome(request)).isEqualTo("201 " + stored.get(0));
    recordedOnce("unanswered", stored.get(0));
  }

  @Test
  void a_commit_that_never_arrived_is_told_in_the_same_words_and_done_when_asked_again()
      throws Exception {
    Site.add(site.admin(), "lost");
    Answers.IssueRequest request = Site.request("lost");
    proxy().loseNextCommit();
    assertThat(outcome(request)).isEqualTo("503 outcome-unknown");
    assertThat(certificates("lost")).isEmpty();
    String serial = outcome(request).replace("201 ", "");
    assertThat(outcome(request)).isEqualTo("201 " + serial);
    recordedOnce("lost", serial);
  }

  /** The library asks again by itself: with the key that it had kept for that. */
  @Test
  void who_enrols_while_an_answer_is_lost_sees_nothing_of_it() throws Exception {
    for (String identity : List.of("enrols-done", "enrols-lost")) {
      OperatorApi api = site.admin();
      Site.add(api, identity);
      var string = Site.string(api, identity);
      if (identity.equals("enrols-done")) {
        proxy().cutAfterNextCommit();
      } else {
        proxy().loseNextCommit();
      }
      String serial = Site.serial(Site.enroll(string, site.folder(identity)));
      assertThat(proxy().commitBroken().getCount()).isZero();
      recordedOnce(identity, serial);
    }
  }

  private String outcome(Answers.IssueRequest request) throws Exception {
    Direct.Answer answer = admin().issue(daemon().https(), request, request.identity());
    assertThat(proxy().commitBroken().await(60, TimeUnit.SECONDS)).isTrue();
    return answer.status() + " " + (answer.isDone() ? answer.serial() : answer.problem());
  }

  private List<String> certificates(String identity) throws Exception {
    return strings("select serial from certificate where identity = '" + identity + "'");
  }

  private List<String> strings(String sql) throws SQLException {
    return Postgres.strings(countersign(), sql);
  }

  private void recordedOnce(String identity, String serial) throws Exception {
    assertThat(certificates(identity)).containsExactly(serial);
    assertThat(
            strings(
                "select serial from event where action = 'certificate.issued'"
                    + " and identity = '"
                    + identity
                    + "'"))
        .containsExactly(serial);
  }

  private Load load(String identity) {
    Site.add(site.admin(), identity);
    return new Load(admin(), List.of(daemon().https()), identity);
  }

  private void throughLoad(String identity, Fault fault, Fault mending) throws Exception {
    try (Load load = load(identity)) {
      load.awaitMore(SOME);
      fault.happens();
      // while it is found out, and when it is known
      saysWhatItKnows();
      load.awaitRefused(SOME);
      saysWhatItKnows();
      Direct.Answer ready = admin().get(daemon().management().resolve("/readyz"));
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.text().get("checks")).contains("\"database\":\"The database");
      mending.happens();
      load.awaitMore(SOME).finish();
      assertThat(load.refusals()).allSatisfy(DatabaseFaultsTest::isToldToComeBack);
      load.isWhatIsRecorded(countersign());
      isReadySoon();
    }
  }

  private static void isToldToComeBack(Direct.Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(503);
    assertThat(answer.retryAfter()).as("%s", answer).isPresent();
    assertThat(answer.problem()).as("%s", answer).isIn("unavailable", "outcome-unknown");
  }

  private void saysWhatItKnows() throws Exception {
    assertThat(answers(daemon().management(), "/healthz")).isEqualTo(200);
    assertThat(answers(daemon().https(), "/v1/trust")).isEqualTo(200);
    assertThat(answers(daemon().https(), "/v1/trust.pem")).isEqualTo(200);
    Relying relying = new Relying(daemon().http());
    relying.saysGoodAsBefore(good());
    relying.saysRevoked(bad());
  }

  private int answers(URI base, String path) {
    return admin().get(base.resolve(path)).status();
  }

  private void isReadySoon() {
    await().atMost(LONG).until(() -> answers(daemon().management(), "/readyz") == 200);
  }
}
