package dev.countersign.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.EventFilter;
import dev.countersign.server.ledger.EventSpan;
import dev.countersign.server.ledger.LedgerEvent;
import dev.countersign.server.ledger.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One who reads the ledger on from the last event seen. */
class FollowedLedgerTest {

  /** Reads on, and keeps what was read. */
  private static final class Follower {
    private final Desk desk;
    private long last;
    final List<String> seen = new ArrayList<>();

    Follower(Desk desk) {
      this.desk = desk;
    }

    void readOn() {
      for (RecordedEvent event :
          desk.ledger.list(EventFilter.all(), EventSpan.after(last), 100).items()) {
        last = event.sequence();
        seen.add(event.event().action());
      }
    }
  }

  private static CompletableFuture<Integer> written(Desk desk, String action, Runnable then) {
    return desk.database.write(
        handle -> {
          desk.ledger.append(
              handle, LedgerEvent.of(desk.clock.instant(), Actor.system("test"), action));
          then.run();
          return 0;
        });
  }

  @OnEveryEngine
  void misses_no_event_that_is_just_being_committed_by_another_node(TestDatabase test) {
    if (test.dialect() == Dialect.H2) {
      return; // has one node
    }
    Desk one = Desk.at(test);
    Desk other = one.anotherNode(test);
    Follower follower = new Follower(one);
    List<CompletableFuture<?>> second = new ArrayList<>();
    test.faults()
        .beforeNextCommit(
            () -> {
              second.add(written(other, "second", () -> {}));
              Desk.untilOneWaits(other.database, second.get(0)::isDone);
              follower.readOn();
            });

    written(one, "first", () -> {}).join();
    second.get(0).join();

    follower.readOn();
    assertThat(follower.seen).containsExactly("first", "second");
  }

  @OnEveryEngine
  void an_act_that_takes_long_keeps_nobody_from_recording_others(TestDatabase test) {
    if (test.dialect() == Dialect.H2) {
      return;
    }
    Desk one = Desk.at(test);
    Desk other = one.anotherNode(test);
    Follower follower = new Follower(one);

    written(
            one,
            "long",
            () -> {
              written(other, "short", () -> {}).join();
              follower.readOn();
            })
        .join();

    follower.readOn();
    assertThat(follower.seen).containsExactly("short", "long");
  }

  @OnEveryEngine
  void sees_no_event_that_a_power_cut_could_still_take_back(TestDatabase test) {
    if (test.dialect() == Dialect.POSTGRESQL) {
      return; // flushes before it shows
    }
    Desk desk = Desk.at(test);
    Follower follower = new Follower(desk);
    List<String> beforeFlush = new ArrayList<>();
    test.faults()
        .beforeFlush(
            () -> {
              follower.readOn();
              beforeFlush.addAll(follower.seen);
              test.faults().beforeFlush(() -> {});
            });

    written(desk, "flushed", () -> {}).join();

    follower.readOn();
    assertThat(beforeFlush).isEmpty();
    assertThat(follower.seen).containsExactly("flushed");
  }
}
