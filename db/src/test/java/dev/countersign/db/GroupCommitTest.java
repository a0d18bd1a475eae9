package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.db.Faults.Fault;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

class GroupCommitTest {

  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00.123456Z");

  @OnEveryEngine
  void a_write_is_there_when_its_future_completes(TestDatabase test) {
    test.database().write(unit(1)).join();

    assertThat(rows(test)).containsExactly(1L);
  }

  @OnEveryEngine
  void an_instant_comes_back_as_it_was_written(TestDatabase test) {
    test.database().writeAndWait(unit(1));

    Instant read =
        test.database()
            .read(
                h ->
                    h.createQuery("select created_at from trust_bundle")
                        .mapTo(Instant.class)
                        .one());
    assertThat(read).isEqualTo(NOON);
  }

  @OnEveryEngine
  void those_that_wait_together_share_one_commit(TestDatabase test) {
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Integer> first = busyUntil(gate, test.database());
    List<CompletableFuture<Long>> futures =
        IntStream.range(0, 50).mapToObj(n -> test.database().write(unit(n))).toList();
    gate.countDown();

    first.join();
    futures.forEach(CompletableFuture::join);
    assertThat(test.faults().commits()).isEqualTo(2);
    assertThat(rows(test)).hasSize(50);
  }

  @OnEveryEngine
  void a_unit_that_throws_fails_alone_and_leaves_nothing(TestDatabase test) {
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Integer> busy = busyUntil(gate, test.database());
    CompletableFuture<Long> good = test.database().write(unit(1));
    CompletableFuture<Long> refused =
        test.database()
            .write(
                handle -> {
                  insert(handle, 2);
                  throw new IllegalArgumentException("no");
                });
    CompletableFuture<Long> doubled = test.database().write(unit(1));
    CompletableFuture<Long> alsoGood = test.database().write(unit(3));
    gate.countDown();

    busy.join();
    assertThat(good.join()).isEqualTo(1);
    assertThat(alsoGood.join()).isEqualTo(3);
    assertThatThrownBy(refused::join).hasCauseInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(doubled::join).isInstanceOf(CompletionException.class);
    assertThat(rows(test)).containsExactly(1L, 3L);
  }

  @OnEveryEngine
  void a_full_queue_says_so_and_takes_nothing(TestDatabase test) {
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Integer> busy = busyUntil(gate, test.database());
    List<CompletableFuture<Integer>> waiting = new ArrayList<>();
    for (int i = 0; i < GroupCommit.MOST_WAITING; i++) {
      waiting.add(test.database().write(handle -> 1));
    }

    CompletableFuture<Long> tooMuch = test.database().write(unit(1));
    assertThatThrownBy(tooMuch::join).hasCauseInstanceOf(DatabaseBusyException.class);
    gate.countDown();
    busy.join();
    waiting.forEach(CompletableFuture::join);
    assertThat(rows(test)).isEmpty();
  }

  @OnEveryEngine
  void a_collision_is_tried_again(TestDatabase test) {
    AtomicInteger runs = new AtomicInteger();
    test.faults().next(Fault.COLLISION);
    test.faults().next(Fault.COLLISION);

    if (test.dialect() == Dialect.POSTGRESQL) {
      test.database()
          .writeAndWait(
              handle -> {
                runs.incrementAndGet();
                return insert(handle, 1);
              });
      assertThat(runs).hasValue(3);
      assertThat(rows(test)).containsExactly(1L);
    } else { // one writer has nobody to collide with: an error of its commit is the disk's
      CompletableFuture<Long> unanswered = test.database().write(unit(1));
      assertThat(halt(test)).contains("flushed");
      assertThat(unanswered).isNotDone();
    }
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_commit_that_was_lost_is_told_and_leaves_nothing(TestDatabase test) {
    test.faults().next(Fault.LOST);

    assertThat(catchThrowable(() -> test.database().writeAndWait(unit(1))))
        .isInstanceOf(DatabaseUnavailableException.class)
        .hasMessageContaining("ask again")
        .matches(e -> ((DatabaseUnavailableException) e).isOutcomeUnknown(), "outcome unknown");
    assertThat(rows(test)).isEmpty();
    assertThat(test.database().writeAndWait(unit(2))).isEqualTo(2);
    assertThat(test.halts()).isEmpty();
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_commit_whose_answer_was_lost_is_told_as_unknown(TestDatabase test) {
    test.faults().next(Fault.UNACKNOWLEDGED);

    assertThat(catchThrowable(() -> test.database().writeAndWait(unit(1))))
        .isInstanceOf(DatabaseUnavailableException.class)
        .hasMessageContaining("ask again")
        .matches(e -> ((DatabaseUnavailableException) e).isOutcomeUnknown(), "outcome unknown");
    assertThat(rows(test)).containsExactly(1L);
    assertThat(test.database().writeAndWait(unit(2))).isEqualTo(2);
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_connection_lost_before_the_commit_costs_nothing(TestDatabase test) {
    AtomicInteger runs = new AtomicInteger();

    test.database()
        .writeAndWait(
            handle -> {
              insert(handle, 1);
              if (runs.incrementAndGet() == 1) {
                handle.execute("select pg_terminate_backend(pg_backend_pid())");
              }
              return 0;
            });
    assertThat(runs).hasValue(2);
    assertThat(rows(test)).containsExactly(1L);
  }

  @OnEveryEngine(Dialect.H2)
  void after_a_failed_commit_nobody_is_answered_and_the_process_halts(TestDatabase test) {
    test.faults().next(Fault.LOST);
    CompletableFuture<Long> lost = test.database().write(unit(1));

    assertThat(halt(test)).contains("nobody was answered");
    assertThat(lost).isNotDone();
    assertThatThrownBy(() -> test.database().write(unit(2)).join())
        .hasCauseInstanceOf(DatabaseUnavailableException.class);
    assertThatThrownBy(test.database()::ping).isInstanceOf(DatabaseUnavailableException.class);
    test.reopened();
    assertThat(rows(test)).isEmpty();
  }

  @OnEveryEngine(Dialect.H2)
  void after_a_commit_without_an_answer_nobody_is_answered_either(TestDatabase test) {
    test.faults().next(Fault.UNACKNOWLEDGED);
    CompletableFuture<Long> unknown = test.database().write(unit(1));

    assertThat(halt(test)).contains("nobody was answered");
    assertThat(unknown).isNotDone();
    test.reopened();
    assertThat(rows(test)).containsExactly(1L);
  }

  @OnEveryEngine(Dialect.H2)
  void after_a_failed_flush_nobody_is_answered_and_the_process_halts(TestDatabase test) {
    test.faults().next(Fault.FLUSH_FAILS);
    CompletableFuture<Long> unknown = test.database().write(unit(1));

    assertThat(halt(test)).contains("could not be flushed");
    assertThat(unknown).isNotDone();
    assertThat(rows(test)).as("what nobody knows to be on the disk").isEmpty();
  }

  @OnEveryEngine(Dialect.H2)
  void what_is_not_flushed_yet_is_not_seen(TestDatabase test) {
    CountDownLatch flushing = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    test.database();
    test.faults()
        .beforeFlush(
            () -> {
              flushing.countDown();
              await(gate);
            });
    CompletableFuture<Long> write = test.database().write(unit(1));
    await(flushing);

    assertThat(rows(test)).isEmpty();
    assertThat(write).isNotDone();
    gate.countDown();
    write.join();
    assertThat(rows(test)).containsExactly(1L);
  }

  @OnEveryEngine
  void a_read_that_loses_its_connection_in_the_middle_says_so(TestDatabase test) {
    if (test.dialect() == Dialect.H2) {
      return; // is in this process
    }
    for (String sql :
        List.of(
            "select pg_terminate_backend(pg_backend_pid())::text",
            "select 'one' from (select pg_terminate_backend(pg_backend_pid()), pg_sleep(60)) as"
                + " x")) {
      assertThatThrownBy(
              () -> test.database().read(h -> h.createQuery(sql).mapTo(String.class).list()))
          .isInstanceOf(DatabaseUnavailableException.class);
    }
    assertThat(rows(test)).isEmpty();
  }

  @OnEveryEngine
  void a_reader_cannot_write(TestDatabase test) {
    assertThatThrownBy(() -> test.database().read(handle -> insert(handle, 1)))
        .hasMessageContaining(
            test.dialect() == Dialect.H2 ? "Not enough rights" : "read-only transaction");
    assertThat(rows(test)).isEmpty();
  }

  @OnEveryEngine
  void what_hangs_on_a_write_may_wait_for_another(TestDatabase test) {
    List<CompletableFuture<Long>> chains = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      chains.add(
          test.database()
              .write(unit(number))
              .thenApply(done -> test.database().writeAndWait(unit(100 + number))));
    }

    chains.forEach(CompletableFuture::join);
    assertThat(rows(test)).hasSize(40);
  }

  @OnEveryEngine
  void what_was_accepted_is_finished_at_the_end(TestDatabase test) {
    Database database = test.database();
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Integer> busy = busyUntil(gate, database);
    CompletableFuture<Long> last = database.write(unit(1));
    gate.countDown();
    database.close();

    assertThat(busy).isCompleted();
    assertThat(last).isCompletedWithValue(1L);
    assertThatThrownBy(() -> database.write(unit(2)).join())
        .hasCauseInstanceOf(DatabaseUnavailableException.class);
    test.reopened();
    assertThat(rows(test)).containsExactly(1L);
  }

  private static WriteUnit<Long> unit(long number) {
    return handle -> insert(handle, number);
  }

  /** Keeps the committing thread in a unit, so that all that follows waits together. */
  private static CompletableFuture<Integer> busyUntil(CountDownLatch gate, Database database) {
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<Integer> busy =
        database.write(
            handle -> {
              running.countDown();
              return await(gate);
            });
    await(running);
    return busy;
  }

  private static long insert(Handle handle, long number) {
    handle
        .createUpdate(
            "insert into trust_bundle (number, created_at, roots) values (:number, :at, 'roots')")
        .bind("number", number)
        .bind("at", NOON)
        .execute();
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

  private static String halt(TestDatabase test) {
    try {
      return String.valueOf(test.halts().poll(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Long> rows(TestDatabase test) {
    return test.database().read(GroupCommitTest::numbers);
  }

  private static List<Long> numbers(Handle handle) {
    return handle
        .createQuery("select number from trust_bundle order by number")
        .mapTo(Long.class)
        .list();
  }
}
