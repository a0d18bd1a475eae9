package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.db.testing.FaultProxy;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import java.net.URI;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL goes away under an open database, in each way that a network knows, and comes back.
 */
class ReachTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MANY = 200;

  private final List<String> halts = new ArrayList<>();

  private interface Story {
    void tell(Database database, FaultProxy proxy) throws Exception;
  }

  /** Whoever waited for each of so many by itself would wait for an hour. */
  @OnEveryEngine(Dialect.POSTGRESQL)
  void of_a_silent_database_only_the_first_wait(TestDatabase test) throws Exception {
    through(
        test,
        (database, proxy) -> {
          database.writeAndWait(handle -> insert(handle, 1));
          proxy.hang();
          CompletableFuture<Integer> first = database.write(handle -> insert(handle, 2));
          assertThatThrownBy(() -> rows(database)).isInstanceOf(DatabaseUnavailableException.class);
          allRefused(database);
          assertThatThrownBy(database::ping).isInstanceOf(DatabaseUnavailableException.class);
          notWritten(catchThrowable(() -> first.get(60, TimeUnit.SECONDS)).getCause());

          proxy.pass();
          goesOn(database);
          assertThat(rows(database)).containsExactly(1, 3);
        });
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void one_that_nobody_answers_for_is_given_up_soon(TestDatabase test) throws Exception {
    through(
        test,
        (database, proxy) -> {
          database.writeAndWait(handle -> insert(handle, 1));
          proxy.refuse();
          notWritten(catchThrowable(() -> database.writeAndWait(handle -> insert(handle, 2))));
          until(
              () ->
                  String.valueOf(catchThrowable(() -> rows(database))).contains("does not answer"));
          allRefused(database);

          proxy.pass();
          goesOn(database);
          assertThat(rows(database)).containsExactly(1, 3);
        });
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_cut_connection_is_none_of_the_others(TestDatabase test) throws Exception {
    through(
        test,
        (database, proxy) -> {
          usedAtOnce(database, 4);
          proxy.cut();
          assertThat(rows(database)).as("read again over another").isEmpty();
          for (int i = 0; i < 5; i++) {
            int number = i;
            proxy.cut();
            database.writeAndWait(handle -> insert(handle, number));
            // The connection over which it is tried whether all are gone may be cut as well
            until(() -> catchThrowable(() -> rows(database)) == null);
          }
          assertThat(rows(database)).containsExactly(0, 1, 2, 3, 4);
        });
  }

  /** So many connections, all of which the pool takes to be good, since they were just now. */
  private static int usedAtOnce(Database database, int connections) {
    return connections == 0
        ? 0
        : database.read(
            handle -> {
              handle.execute("select 1");
              return usedAtOnce(database, connections - 1);
            });
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_slow_one_is_waited_for(TestDatabase test) throws Exception {
    through(
        test,
        (database, proxy) -> {
          rows(database);
          proxy.delay(Duration.ofMillis(100));
          database.writeAndWait(handle -> insert(handle, 1));
          assertThat(rows(database)).containsExactly(1);
          assertThatCode(database::ping).doesNotThrowAnyException();
        });
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void what_reads_for_too_long_is_ended_there_too(TestDatabase test) {
    assertThatThrownBy(
            () -> test.database().read(handle -> handle.execute("select pg_sleep(3600)")))
        .isInstanceOf(DatabaseUnavailableException.class)
        .hasMessageContaining("too long");
    assertThat(rows(test.database())).isEmpty();
  }

  /** As of a node that has lost its network while it had locks. */
  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_node_that_stands_still_in_a_transaction_stops_no_other(TestDatabase test)
      throws Exception {
    through(
        test,
        (database, proxy) -> {
          CompletableFuture<Integer> stuck =
              database.write(
                  handle -> {
                    lockGuard(handle);
                    proxy.hang();
                    return insert(handle, 1);
                  });
          until(
              () ->
                  catchThrowable(() -> test.database().writeAndWait(ReachTest::lockGuard)) == null);
          notWritten(catchThrowable(() -> stuck.get(60, TimeUnit.SECONDS)).getCause());
          assertThat(rows(test.database())).isEmpty();
        });
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_commit_is_flushed_also_where_the_database_was_told_otherwise(TestDatabase test)
      throws Exception {
    try (var connection = DriverManager.getConnection(test.settings().url(), "postgres", "");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "alter database " + connection.getCatalog() + " set synchronous_commit = off");
    }
    assertThat(test.database().writeAndWait(ReachTest::flushes)).isEqualTo("on");
    through(test, (database, proxy) -> assertThat(synchronousIn(database)).isEqualTo("on"));
  }

  private static String synchronousIn(Database database) {
    return database.writeAndWait(ReachTest::flushes);
  }

  private static String flushes(Handle handle) {
    return handle.createQuery("show synchronous_commit").mapTo(String.class).one();
  }

  private void through(TestDatabase test, Story story) throws Exception {
    DatabaseSettings settings = test.settings();
    URI real = URI.create(settings.url().substring("jdbc:".length()));
    try (FaultProxy proxy = new FaultProxy(real.getPort())) {
      String url = settings.url().replace(":" + real.getPort() + "/", ":" + proxy.port() + "/");
      assertThat(url).isNotEqualTo(settings.url());
      try (Database database =
          Database.open(
              new DatabaseSettings(url, settings.user(), settings.passwordFile()),
              (reason, cause) -> halts.add(reason))) {
        story.tell(database, proxy);
        proxy.pass();
      }
    }
    assertThat(halts).isEmpty();
  }

  private static void allRefused(Database database) {
    Instant end = Instant.now().plus(LONG);
    for (int i = 0; i < MANY; i++) {
      assertThat(Instant.now()).as("refused until now: %d", i).isBefore(end);
      assertThatThrownBy(() -> rows(database)).isInstanceOf(DatabaseUnavailableException.class);
      notWritten(catchThrowable(() -> database.writeAndWait(handle -> insert(handle, 2))));
    }
  }

  private static void notWritten(@Nullable Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            DatabaseUnavailableException.class,
            e -> assertThat(e.isOutcomeUnknown()).as(e.getMessage()).isFalse());
  }

  private static void goesOn(Database database) {
    until(() -> catchThrowable(() -> database.writeAndWait(handle -> insert(handle, 3))) == null);
    until(() -> catchThrowable(database::ping) == null);
  }

  private static void until(BooleanSupplier condition) {
    Instant end = Instant.now().plus(LONG);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static int lockGuard(Handle handle) {
    return handle.execute("update guard set last_number = last_number where name = 'event'");
  }

  private static int insert(Handle handle, int number) {
    handle.execute(
        "insert into trust_bundle (number, created_at, roots) values (?, ?, 'roots')",
        number,
        Instant.EPOCH);
    return number;
  }

  private static List<Integer> rows(Database database) {
    return database.read(
        handle ->
            handle
                .createQuery("select number from trust_bundle order by number")
                .mapTo(Integer.class)
                .list());
  }
}
