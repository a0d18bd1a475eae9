package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;

class LastWritesTest {
  private final ConcurrentLinkedDeque<String> order = new ConcurrentLinkedDeque<>();
  private final LastWrites.Writer<Integer> writer =
      (handle, numbers) -> {
        order.add("last " + numbers);
        numbers.forEach(number -> insert(handle, number));
      };

  @OnEveryEngine
  void what_units_leave_is_written_once_after_all_also_when_one_of_them_fails(TestDatabase test) {
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Integer> busy = test.database().write(handle -> await(gate));
    CompletableFuture<Integer> one = test.database().write(handle -> leave(handle, 1));
    CompletableFuture<Integer> broken =
        test.database()
            .write(
                handle -> {
                  leave(handle, 2);
                  throw new IllegalArgumentException("no");
                });
    CompletableFuture<Integer> three = test.database().write(handle -> leave(handle, 3));
    gate.countDown();

    busy.join();
    assertThat(one.join()).isEqualTo(1);
    assertThat(three.join()).isEqualTo(3);
    assertThatThrownBy(broken::join).hasRootCauseMessage("no");
    assertThat(order).endsWith("1", "2", "3", "last [1, 3]").containsOnlyOnce("last [1, 3]");
    assertThat(rows(test)).containsExactly(1, 3);
  }

  @OnEveryEngine
  void what_cannot_be_written_last_fails_who_left_it_alone(TestDatabase test) {
    test.database().writeAndWait(handle -> insert(handle, 2));
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Integer> busy = test.database().write(handle -> await(gate));
    CompletableFuture<Integer> one = test.database().write(handle -> leave(handle, 1));
    CompletableFuture<Integer> doubled = test.database().write(handle -> leave(handle, 2));
    CompletableFuture<Integer> three = test.database().write(handle -> leave(handle, 3));
    gate.countDown();

    busy.join();
    assertThat(one.join()).isEqualTo(1);
    assertThat(three.join()).isEqualTo(3);
    assertThatThrownBy(doubled::join).hasMessageContaining("trust_bundle");
    assertThat(rows(test)).containsExactly(1, 2, 3);
    assertThat(test.halts()).isEmpty();
  }

  private int leave(Handle handle, int number) {
    order.add(String.valueOf(number));
    LastWrites.leave(handle, writer, List.of(number));
    return number;
  }

  private static int insert(Handle handle, int number) {
    handle.execute(
        "insert into trust_bundle (number, created_at, roots) values (?, ?, 'roots')",
        number,
        Instant.EPOCH);
    return number;
  }

  private static List<Integer> rows(TestDatabase test) {
    return test.database()
        .read(
            handle ->
                handle
                    .createQuery("select number from trust_bundle order by number")
                    .mapTo(Integer.class)
                    .list());
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
