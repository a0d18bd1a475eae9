package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Database;
import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.server.authority.AuthorityRows;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.lease.Lease;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.testing.InMemory;
import dev.countersign.server.testing.TestAuthority;
import java.time.Duration;

/** Which of two nodes makes a list: lists are made each hour and hold for a day. */
class SharedCrlWorkTest {
  private static final Duration LIFE = Duration.ofHours(24);
  private static final Duration DUE = Duration.ofHours(1);

  private final MovableClock clock = new MovableClock();
  private final Hierarchy hierarchy = InMemory.hierarchy(KeyAlgorithm.P256);

  /** One node. */
  private record Node(Database database, CrlPublisher publisher, Lease lease) {
    /** The number of the newest list, after it has made what is due. */
    long afterItsRound() {
      publisher.publishDue(lease);
      return publisher.current("issuing-1").orElseThrow().number();
    }
  }

  private Node node(Database database, String name) {
    AuthorityRows.foundOnce(database, hierarchy, clock.instant());
    CrlStore store = new CrlStore(database);
    CrlPublisher publisher =
        new CrlPublisher(
            hierarchy,
            new Revoked(database),
            store,
            Places.recorded(store, hierarchy, TestAuthority.URLS, TestAuthority.SHARDS),
            new CrlPublisher.Schedule(DUE, LIFE),
            clock);
    return new Node(database, publisher, new Lease(database, "crl", name));
  }

  private static void hold(Node node, String name, String time) {
    node.database()
        .writeAndWait(
            handle ->
                handle.execute("delete from lease")
                    + handle.execute(
                        "insert into lease values ('crl', ?, current_timestamp + " + time + ")",
                        name));
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_list_that_is_due_is_made_by_the_node_that_has_the_lease(TestDatabase test) {
    Node first = node(test.database(), "first");
    Node second = node(test.anotherNode(), "second");
    long start = first.afterItsRound();
    hold(first, "first", "interval '1' hour");
    clock.advance(DUE.plusSeconds(1));

    assertThat(second.afterItsRound()).isEqualTo(start);
    long next = first.afterItsRound();
    assertThat(next).isGreaterThan(start);
    assertThat(second.afterItsRound()).isEqualTo(next);
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void another_node_takes_the_lease_of_one_that_has_died(TestDatabase test) {
    Node first = node(test.database(), "first");
    long start = first.afterItsRound();
    hold(first, "dead", "interval '0' hour");
    clock.advance(DUE.plusSeconds(1));
    assertThat(first.afterItsRound()).isGreaterThan(start);
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void nobody_waits_for_another_when_a_list_is_owed_or_nearly_over(TestDatabase test) {
    Node first = node(test.database(), "first");
    long start = first.afterItsRound();
    hold(first, "dead", "interval '1' hour");
    deny(first.database(), SerialNumber.parse("1".repeat(40)));
    clock.advance(Duration.ofSeconds(1));
    long owed = first.afterItsRound();
    assertThat(owed).as("after a revocation").isGreaterThan(start);

    clock.advance(LIFE.minusSeconds(62));
    assertThat(first.afterItsRound()).as("in time for others").isEqualTo(owed);
    clock.advance(Duration.ofSeconds(2));
    assertThat(first.afterItsRound()).as("while the last one holds").isGreaterThan(owed);
    assertThat(first.publisher().isFresh()).isTrue();
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void who_fails_leaves_the_lease_to_others(TestDatabase test) {
    Node first = node(test.database(), "first");
    Node second = node(test.anotherNode(), "second");
    long start = first.afterItsRound();
    hold(first, "nobody", "interval '0' hour");
    clock.advance(DUE.plusSeconds(1));
    first.database().writeAndWait(handle -> handle.execute("alter table crl rename to lost"));
    assertThatThrownBy(first::afterItsRound).isInstanceOf(RuntimeException.class);
    first.database().writeAndWait(handle -> handle.execute("alter table lost rename to crl"));
    assertThat(second.afterItsRound()).isGreaterThan(start);
  }

  @OnEveryEngine(Dialect.H2)
  void an_embedded_database_is_asked_for_no_lease(TestDatabase test) {
    Node only = node(test.database(), "only");
    long start = only.afterItsRound();
    hold(only, "before its restart", "interval '1' hour");
    clock.advance(DUE.plusSeconds(1));
    assertThat(only.afterItsRound()).isGreaterThan(start);
  }

  /** As the first revocation does it. */
  static void deny(Database database, SerialNumber serial) {
    database.writeAndWait(
        handle ->
            handle.execute(
                    "insert into denial (issuer, number, serial, not_after, revoked_at,"
                        + " revocation_reason) values ('issuing-1', 1, ?,"
                        + " current_timestamp + interval '7' day, current_timestamp, 'superseded')",
                    serial.toString())
                + handle.execute("update guard set last_number = 1 where name = 'revocation'"));
  }
}
