package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;

/** Another server is long in one transaction: it is busy, and the database not silent. */
class BusyRowsTest {
  private static final int MANY = 50;

  @OnEveryEngine(Dialect.POSTGRESQL)
  void who_needs_a_row_that_another_keeps_is_told_so_alone(TestDatabase test) throws Exception {
    Database here = test.database();
    try (Other other = new Other(test.anotherNode())) {
      CountDownLatch gate = new CountDownLatch(1);
      CompletableFuture<Integer> first = here.write(handle -> await(gate));
      List<CompletableFuture<Integer>> needing = new ArrayList<>();
      CompletableFuture<Integer> before = here.write(handle -> insert(handle, 1));
      for (int i = 0; i < MANY; i++) {
        needing.add(here.write(BusyRowsTest::lock));
      }
      CompletableFuture<Integer> after = here.write(handle -> insert(handle, 2));
      gate.countDown();

      first.get(60, TimeUnit.SECONDS);
      assertThat(before.get(60, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(after.get(60, TimeUnit.SECONDS)).isEqualTo(2);
      assertThat(needing)
          .allSatisfy(
              future ->
                  assertThatThrownBy(future::join).hasCauseInstanceOf(DatabaseBusyException.class));
      here.ping();
      other.end();
      assertThat(here.writeAndWait(BusyRowsTest::lock)).isEqualTo(1);
    }
    assertThat(test.halts()).isEmpty();
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void one_that_waits_alone_is_told_so_too(TestDatabase test) throws Exception {
    Database here = test.database();
    try (Other other = new Other(test.anotherNode())) {
      assertThatThrownBy(() -> here.writeAndWait(BusyRowsTest::lock))
          .isInstanceOf(DatabaseBusyException.class)
          .hasMessageContaining("nothing was written");
      here.writeAndWait(handle -> insert(handle, 1));
      other.end();
    }
  }

  /** A server that has the row of the guard, and goes on with other statements. */
  private static final class Other implements AutoCloseable {
    private final CountDownLatch done = new CountDownLatch(1);
    private final CompletableFuture<Integer> busy;

    Other(Database database) {
      CountDownLatch running = new CountDownLatch(1);
      busy =
          database.write(
              handle -> {
                lock(handle);
                running.countDown();
                Instant end = Instant.now().plus(Duration.ofSeconds(60));
                while (done.getCount() > 0 && Instant.now().isBefore(end)) {
                  handle.execute("select pg_sleep(0.05)");
                }
                return 0;
              });
      await(running);
    }

    void end() {
      done.countDown();
      busy.join();
    }

    @Override
    public void close() {
      done.countDown();
    }
  }

  private static int lock(Handle handle) {
    return handle.execute("update guard set last_number = last_number where name = 'revocation'");
  }

  private static int insert(Handle handle, int number) {
    handle.execute(
        "insert into trust_bundle (number, created_at, roots) values (?, ?, 'roots')",
        number,
        Instant.EPOCH);
    return number;
  }

  private static int await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
      return 0;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
