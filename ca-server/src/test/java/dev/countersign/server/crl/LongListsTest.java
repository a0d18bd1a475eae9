package dev.countersign.server.crl;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Database;
import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.server.authority.AuthorityRows;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.identity.IdentityStore;
import dev.countersign.server.revocation.Change;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.testing.InMemory;
import dev.countersign.server.testing.TestAuthority;
import java.math.BigInteger;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.PreparedBatch;

/** What a revocation costs when much was revoked before. */
class LongListsTest {
  private static final String ISSUER = "issuing-1";
  private static final Random RANDOM = new Random(11);
  // A shard of the 8 is short by this, the complete list is not
  private static final Pace PACE = new Pace(20_000);
  private static final int MANY = 1_000;

  private final MovableClock clock = new MovableClock();
  private final Hierarchy hierarchy = InMemory.hierarchy(KeyAlgorithm.P256);

  @SuppressWarnings("NullAway.Init") // each test is given one
  private Database database;

  private long read; // changes

  private final class Counting extends Revoked {
    Counting() {
      super(database);
    }

    @Override
    public void follow(String issuer, long after, long upTo, Consumer<Change> consumer) {
      super.follow(
          issuer,
          after,
          upTo,
          change -> {
            read++;
            consumer.accept(change);
          });
    }
  }

  private CrlPublisher publisher() {
    CrlStore store = new CrlStore(database);
    return new CrlPublisher(
        hierarchy,
        new Counting(),
        store,
        Places.recorded(store, hierarchy, TestAuthority.URLS, TestAuthority.SHARDS),
        new CrlPublisher.Schedule(Duration.ofHours(1), Duration.ofHours(24)),
        PACE,
        clock);
  }

  /** One that has many on its lists, and a delta list of few. */
  private CrlPublisher publisherOfMany(Database fresh) {
    database = fresh;
    AuthorityRows.foundOnce(database, hierarchy, clock.instant());
    CrlPublisher publisher = publisher();
    deny(MANY);
    publisher.publishNow(ISSUER);
    deny(1);
    publisher.publishNow(ISSUER);
    assertThat(publisher.current(ISSUER).orElseThrow().length())
        .isGreaterThan(2 * PACE.bytesPerSecond());
    return publisher;
  }

  /** As revocations do it. */
  private SerialNumber deny(int count) {
    List<SerialNumber> serials =
        IntStream.range(0, count)
            .mapToObj(
                i -> {
                  byte[] octets = new byte[20];
                  RANDOM.nextBytes(octets);
                  octets[0] = (byte) (1 + RANDOM.nextInt(127));
                  return SerialNumber.of(new BigInteger(1, octets));
                })
            .toList();
    database.writeAndWait(
        handle -> {
          long number = IdentityStore.lockGuard(handle);
          PreparedBatch rows =
              handle.prepareBatch(
                  "insert into denial (issuer, number, serial, not_after, revoked_at,"
                      + " revocation_reason) values (?, ?, ?, ?, ?, 'superseded')");
          for (SerialNumber serial : serials) {
            rows.add(
                ISSUER,
                ++number,
                serial.toString(),
                clock.instant().plus(Duration.ofMinutes(30)).atOffset(ZoneOffset.UTC),
                clock.instant().atOffset(ZoneOffset.UTC));
          }
          rows.execute();
          return handle.execute(
              "update guard set last_number = ? where name = 'revocation'", number);
        });
    return serials.get(0);
  }

  private static Map<String, PublishedCrl> lists(CrlPublisher publisher) {
    return Stream.concat(
            Stream.of(publisher.current(ISSUER), publisher.currentDelta(ISSUER)),
            IntStream.range(0, TestAuthority.SHARDS.count())
                .mapToObj(shard -> publisher.current(ISSUER, shard)))
        .flatMap(Optional::stream)
        .collect(Collectors.toMap(crl -> crl.row().part(), crl -> crl));
  }

  private static List<String> newer(Map<String, PublishedCrl> than, CrlPublisher publisher) {
    List<String> parts = new ArrayList<>();
    lists(publisher)
        .forEach(
            (part, crl) -> {
              if (crl.number() > requireNonNull(than.get(part)).number()) {
                parts.add(part);
              }
            });
    return parts;
  }

  @OnEveryEngine(Dialect.H2)
  void one_more_revocation_costs_its_change_its_shard_and_the_delta_list(Database fresh) {
    CrlPublisher publisher = publisherOfMany(fresh);
    Map<String, PublishedCrl> before = lists(publisher);
    read = 0;
    SerialNumber serial = deny(1);
    publisher.publishDue();
    assertThat(newer(before, publisher))
        .containsExactlyInAnyOrder(CrlRow.DELTA, CrlRow.shard(TestAuthority.SHARDS.of(serial)));
    assertThat(read).as("for the shard, for the delta list").isEqualTo(2);
    assertThat(publisher.snapshot(ISSUER).denial(serial)).isPresent();

    read = 0;
    publisher.publishDue();
    assertThat(read).as("while the complete list rests").isZero();
  }

  @OnEveryEngine(Dialect.H2)
  void a_long_list_follows_when_it_has_rested_with_all_that_came_meanwhile(Database fresh) {
    CrlPublisher publisher = publisherOfMany(fresh);
    PublishedCrl before = publisher.current(ISSUER).orElseThrow();
    for (int i = 0; i < 3; i++) {
      deny(1);
      publisher.publishDue();
    }
    assertThat(publisher.current(ISSUER)).contains(before);
    long seconds = before.length() / PACE.bytesPerSecond();
    clock.set(before.thisUpdate().plusSeconds(seconds));
    publisher.publishDue();
    PublishedCrl next = publisher.current(ISSUER).orElseThrow();
    assertThat(next.revocations()).isEqualTo(before.revocations() + 3);
    PublishedCrl delta = publisher.currentDelta(ISSUER).orElseThrow();
    assertThat(delta.revocations()).isEqualTo(next.revocations());

    clock.advance(Duration.ofSeconds(1));
    publisher.publishDue();
    assertThat(publisher.current(ISSUER)).as("nothing is owed").contains(next);
  }

  @OnEveryEngine(Dialect.H2)
  void a_clock_that_is_set_back_keeps_no_list_from_following(Database fresh) {
    CrlPublisher publisher = publisherOfMany(fresh);
    PublishedCrl before = publisher.current(ISSUER).orElseThrow();
    deny(1);
    clock.set(before.thisUpdate().minusSeconds(60));
    publisher.publishDue();
    assertThat(publisher.current(ISSUER).orElseThrow().revocations())
        .isEqualTo(before.revocations() + 1);
  }

  @OnEveryEngine(Dialect.H2)
  void a_node_that_starts_meanwhile_or_follows_has_the_same_lists(Database fresh) {
    CrlPublisher publisher = publisherOfMany(fresh);
    CrlPublisher follower = publisher();
    follower.publishDue();
    for (int i = 0; i < 3; i++) {
      deny(2);
      publisher.publishDue();
    }
    follower.publishDue();
    CrlPublisher started = publisher();
    read = 0;
    started.publishDue();
    long all =
        database.read(
            handle -> handle.createQuery("select count(*) from denial").mapTo(Long.class).one());
    assertThat(read).as("once for all lists, and the delta list's").isBetween(all, all + 10);
    Map<String, PublishedCrl> expected = lists(publisher);
    assertThat(expected).hasSize(10);
    for (CrlPublisher other : List.of(follower, started)) {
      Map<String, PublishedCrl> found = lists(other);
      assertThat(found).hasSize(10);
      expected.forEach(
          (part, crl) ->
              assertThat(requireNonNull(found.get(part)).der()).as(part).isEqualTo(crl.der()));
    }
    // And goes on from there
    Map<String, PublishedCrl> before = lists(started);
    SerialNumber serial = deny(1);
    started.publishDue();
    assertThat(newer(before, started))
        .containsExactlyInAnyOrder(CrlRow.DELTA, CrlRow.shard(TestAuthority.SHARDS.of(serial)));
  }

  @OnEveryEngine(Dialect.H2)
  void after_too_many_changes_a_delta_list_is_of_a_later_base(Database fresh) {
    CrlPublisher publisher = publisherOfMany(fresh);
    assertThat(publisher.currentDelta(ISSUER)).isPresent();
    deny(Delta.MOST + 1);
    publisher.publishDue();
    assertThat(publisher.currentDelta(ISSUER)).as("no base is near").isEmpty();
    clock.advance(Duration.ofMinutes(1));
    PublishedCrl base = publisher.publishNow(ISSUER);
    deny(1);
    publisher.publishDue();
    PublishedCrl delta = publisher.currentDelta(ISSUER).orElseThrow();
    assertThat(delta.row().base().orElseThrow().number()).isEqualTo(base.number());
    CrlPublisher started = publisher();
    started.publishDue();
    assertThat(started.currentDelta(ISSUER).orElseThrow().der()).isEqualTo(delta.der());
  }
}
