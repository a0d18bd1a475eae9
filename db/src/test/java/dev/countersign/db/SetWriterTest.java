package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Faults.Fault;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;

class SetWriterTest {

  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  /** Writes what is positive, refuses 0, and throws for the whole set at anything else. */
  private static final class Writer implements SetWriter<Long, Long> {
    final ConcurrentLinkedQueue<List<Long>> runs = new ConcurrentLinkedQueue<>();

    @Override
    public List<Verdict<Long>> run(Handle handle, List<Long> units) {
      runs.add(units);
      units.stream().filter(unit -> unit > 0).forEach(unit -> insert(handle, unit));
      if (units.stream().anyMatch(unit -> unit < 0)) {
        throw new IllegalArgumentException("broken");
      }
      return units.stream().map(Writer::verdict).toList();
    }

    private static Verdict<Long> verdict(long unit) {
      return unit == 0
          ? Verdict.refused(new IllegalArgumentException("refused"))
          : Verdict.done(unit);
    }
  }

  @OnEveryEngine
  void those_that_wait_together_are_written_as_one_set(TestDatabase test) {
    Writer writer = new Writer();
    Writer another = new Writer();
    Waiting waiting = new Waiting(test.database());
    List<CompletableFuture<Long>> futures =
        IntStream.rangeClosed(1, 50)
            .mapToObj(n -> test.database().write(n % 10 == 0 ? another : writer, (long) n))
            .toList();
    waiting.end();

    assertThat(futures.stream().map(CompletableFuture::join))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 50).boxed().toList());
    assertThat(writer.runs).singleElement().satisfies(set -> assertThat(set).hasSize(45));
    assertThat(another.runs).containsExactly(List.of(10L, 20L, 30L, 40L, 50L));
    assertThat(test.faults().commits()).isEqualTo(2); // with that of the waiting
    assertThat(rows(test)).hasSize(50);
  }

  @OnEveryEngine
  void one_that_is_refused_costs_the_others_nothing(TestDatabase test) {
    Writer writer = new Writer();
    Waiting waiting = new Waiting(test.database());
    CompletableFuture<Long> good = test.database().write(writer, 1L);
    CompletableFuture<Long> refused = test.database().write(writer, 0L);
    CompletableFuture<Long> alsoGood = test.database().write(writer, 2L);
    waiting.end();

    assertThat(good.join()).isEqualTo(1);
    assertThat(alsoGood.join()).isEqualTo(2);
    assertThatThrownBy(refused::join).hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(writer.runs).containsExactly(List.of(1L, 0L, 2L));
    assertThat(rows(test)).containsExactly(1L, 2L);
  }

  @OnEveryEngine
  void a_set_that_throws_is_undone_and_each_of_it_run_apart(TestDatabase test) {
    Writer writer = new Writer();
    Waiting waiting = new Waiting(test.database());
    CompletableFuture<Long> good = test.database().write(writer, 1L);
    CompletableFuture<Long> broken = test.database().write(writer, -1L);
    CompletableFuture<Long> doubled = test.database().write(writer, 1L);
    CompletableFuture<Long> single = test.database().write(handle -> insert(handle, 3));
    CompletableFuture<Long> refused = test.database().write(writer, 0L);
    waiting.end();

    assertThat(good.join()).isEqualTo(1);
    assertThat(single.join()).isEqualTo(3);
    assertThatThrownBy(broken::join).hasRootCauseMessage("broken");
    assertThatThrownBy(doubled::join).hasMessageContaining("trust_bundle");
    assertThatThrownBy(refused::join).hasRootCauseMessage("refused");
    assertThat(rows(test)).containsExactly(1L, 3L);
  }

  @OnEveryEngine
  void a_unit_that_throws_beside_a_set_leaves_the_set_whole(TestDatabase test) {
    Writer writer = new Writer();
    Waiting waiting = new Waiting(test.database());
    CompletableFuture<Long> one = test.database().write(writer, 1L);
    CompletableFuture<Long> broken =
        test.database()
            .write(
                handle -> {
                  insert(handle, 9);
                  throw new IllegalArgumentException("no");
                });
    CompletableFuture<Long> two = test.database().write(writer, 2L);
    waiting.end();

    assertThat(one.join()).isEqualTo(1);
    assertThat(two.join()).isEqualTo(2);
    assertThatThrownBy(broken::join).hasRootCauseMessage("no");
    assertThat(writer.runs).containsExactly(List.of(1L, 2L));
    assertThat(rows(test)).containsExactly(1L, 2L);
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_set_that_collides_is_tried_again(TestDatabase test) {
    Writer writer = new Writer();
    test.faults().next(Fault.COLLISION);
    Waiting waiting = new Waiting(test.database());
    CompletableFuture<Long> one = test.database().write(writer, 1L);
    CompletableFuture<Long> two = test.database().write(writer, 2L);
    waiting.end();

    assertThat(one.join()).isEqualTo(1);
    assertThat(two.join()).isEqualTo(2);
    assertThat(rows(test)).containsExactly(1L, 2L);
  }

  @OnEveryEngine
  void a_set_in_which_all_are_refused_commits_nothing(TestDatabase test) {
    Writer writer = new Writer();
    int before = commits(test);

    assertThatThrownBy(() -> test.database().write(writer, 0L).join())
        .hasRootCauseMessage("refused");
    assertThat(commits(test)).isEqualTo(before);
  }

  private static int commits(TestDatabase test) {
    test.database();
    return test.faults().commits();
  }

  /** Keeps the committing thread busy, so that all that follows waits together. */
  private static final class Waiting {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CompletableFuture<Integer> busy;

    Waiting(Database database) {
      CountDownLatch running = new CountDownLatch(1);
      busy =
          database.write(
              handle -> {
                running.countDown();
                return await(gate);
              });
      await(running);
    }

    void end() {
      gate.countDown();
      busy.join();
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

  private static long insert(Handle handle, long number) {
    handle
        .createUpdate(
            "insert into trust_bundle (number, created_at, roots) values (:number, :at, 'roots')")
        .bind("number", number)
        .bind("at", NOON)
        .execute();
    return number;
  }

  private static List<Long> rows(TestDatabase test) {
    return test.database()
        .read(
            handle ->
                handle
                    .createQuery("select number from trust_bundle order by number")
                    .mapTo(Long.class)
                    .list());
  }
}
