package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Database;
import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.server.authority.AuthorityRows;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityStore;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.testing.InMemory;
import dev.countersign.server.testing.TestAuthority;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrlPublisherTest {
  @TempDir static Path home;
  private static TestAuthority ca;

  @BeforeAll
  static void hold_the_ceremony() {
    ca = TestAuthority.create(home);
  }

  @AfterAll
  static void close() {
    ca.close();
  }

  private static SerialNumber issue(String name) {
    Identity identity = ca.identity(name, Names.none());
    return ca.issue(identity).certificate().serial();
  }

  private static void revoke(SerialNumber serial) {
    ca.revocations.revoke(
        serial, RevocationReason.SUPERSEDED, Optional.empty(), TestAuthority.actor());
  }

  private static boolean lists(PublishedCrl crl, SerialNumber serial) {
    try {
      X509CRL read =
          (X509CRL)
              CertificateFactory.getInstance("X.509")
                  .generateCRL(new ByteArrayInputStream(crl.der()));
      return read.getRevokedCertificate(serial.toBigInteger()) != null;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_revocation_is_in_the_next_list_and_a_lifted_hold_is_not() {
    SerialNumber revoked = issue("revoked");
    SerialNumber held = issue("held");
    SerialNumber good = issue("good");
    revoke(revoked);
    ca.revocations.hold(held, TestAuthority.actor());
    PublishedCrl first = ca.crls.publishNow("issuing-1");
    assertThat(lists(first, revoked)).isTrue();
    assertThat(lists(first, held)).isTrue();
    assertThat(lists(first, good)).isFalse();
    ca.revocations.release(held, TestAuthority.actor());
    PublishedCrl second = ca.crls.publishNow("issuing-1");
    assertThat(lists(second, held)).isFalse();
    assertThat(second.number()).isGreaterThan(first.number());
    assertThat(second.revocations()).isGreaterThan(first.revocations());
    assertThat(ca.crls.current("issuing-1").orElseThrow().number()).isEqualTo(second.number());
  }

  @Test
  void lists_are_made_when_they_are_due_and_not_before() {
    long number = ca.crls.publishNow("issuing-1").number();
    long root = ca.crls.current("root-1").orElseThrow().number();
    ca.clock.advance(Duration.ofMinutes(59));
    ca.crls.publishDue();
    assertThat(ca.crls.current("issuing-1").orElseThrow().number()).isEqualTo(number);
    ca.clock.advance(Duration.ofMinutes(2));
    ca.crls.publishDue();
    assertThat(ca.crls.current("issuing-1").orElseThrow().number()).isGreaterThan(number);
    assertThat(ca.crls.current("root-1").orElseThrow().number()).isEqualTo(root);
    assertThat(ca.crls.isFresh()).isTrue();
    ca.clock.advance(Duration.ofHours(25));
    assertThat(ca.crls.isFresh()).isFalse();
    ca.crls.publishDue();
    assertThat(ca.crls.isFresh()).isTrue();
  }

  @Test
  void a_list_is_owed_as_long_as_the_newest_knows_less_than_the_database() {
    SerialNumber serial = issue("owed");
    ca.crls.publishDue();
    long number = ca.crls.current("issuing-1").orElseThrow().number();
    long root = ca.crls.current("root-1").orElseThrow().number();

    ca.revocations.hold(serial, TestAuthority.actor());
    ca.anotherPublisher().publishDue(); // one that nobody has told
    ca.crls.publishDue();
    PublishedCrl held = ca.crls.current("issuing-1").orElseThrow();
    assertThat(held.number()).isGreaterThan(number);
    assertThat(lists(held, serial)).isTrue();

    ca.revocations.release(serial, TestAuthority.actor());
    ca.crls.publishDue();
    PublishedCrl released = ca.crls.current("issuing-1").orElseThrow();
    assertThat(released.number()).isGreaterThan(held.number());
    ca.crls.publishDue();
    assertThat(ca.crls.current("issuing-1")).contains(released);
    assertThat(lists(released, serial)).isFalse();
    assertThat(ca.crls.current("root-1").orElseThrow().number()).isEqualTo(root);
  }

  @Test
  void an_expired_certificate_leaves_the_list_only_after_it_was_on_one_more() {
    SerialNumber serial = issue("expired");
    revoke(serial);
    ca.clock.advance(Duration.ofDays(7).plusMinutes(1));
    assertThat(lists(ca.crls.publishNow("issuing-1"), serial)).isTrue();
    ca.clock.advance(Duration.ofDays(2));
    assertThat(lists(ca.crls.publishNow("issuing-1"), serial)).isFalse();
  }

  @Test
  void a_list_of_another_node_is_seen_when_one_looks_for_what_is_due_and_not_by_who_fetches() {
    CrlPublisher other = ca.anotherPublisher();
    PublishedCrl ours = ca.crls.publishNow("issuing-1");
    assertThat(other.current("issuing-1").orElseThrow().number()).isEqualTo(ours.number());
    PublishedCrl theirs = other.publishNow("issuing-1");
    ca.clock.advance(Duration.ofMinutes(1));
    assertThat(ca.crls.current("issuing-1").orElseThrow().number()).isEqualTo(ours.number());
    ca.crls.publishDue();
    PublishedCrl seen = ca.crls.current("issuing-1").orElseThrow();
    assertThat(seen.number()).isEqualTo(theirs.number());
    assertThat(seen.der()).isEqualTo(theirs.der());
  }

  @Test
  void lists_are_served_and_strange_names_refused_while_the_database_is_away(@TempDir Path other) {
    TestAuthority away = TestAuthority.create(other);
    away.crls.publishDue();
    long number = away.crls.current("issuing-1").orElseThrow().number();
    away.close();
    away.clock.advance(Duration.ofMinutes(1));
    assertThatThrownBy(away.crls::publishDue).isInstanceOf(RuntimeException.class);
    assertThat(away.crls.current("issuing-1").orElseThrow().number()).isEqualTo(number);
    assertThat(away.crls.current("root-1")).isPresent();
    assertThat(away.crls.current("issuing-9")).isEmpty();
    assertThat(away.crls.isFresh()).isTrue();
  }

  @Test
  void a_clock_that_is_set_back_makes_a_list_that_holds_now() {
    ca.crls.publishNow("issuing-1");
    Instant before = ca.clock.instant();
    ca.clock.set(before.minus(Duration.ofDays(3)));
    try {
      ca.crls.publishDue();
      assertThat(ca.crls.current("issuing-1").orElseThrow().thisUpdate())
          .isBefore(before.minus(Duration.ofDays(2)));
    } finally {
      ca.clock.set(before);
    }
  }

  @Test
  void a_clock_that_is_a_little_behind_makes_no_list_that_looks_older() {
    PublishedCrl last = ca.crls.publishNow("issuing-1");
    Instant before = ca.clock.instant();
    try {
      for (int behind : new int[] {3, 299}) {
        ca.clock.set(before.minusSeconds(behind));
        PublishedCrl next = ca.crls.publishNow("issuing-1");
        assertThat(next.thisUpdate()).isEqualTo(last.thisUpdate());
        assertThat(next.number()).isGreaterThan(last.number());
        last = next;
      }
    } finally {
      ca.clock.set(before);
    }
  }

  @Test
  void no_two_lists_have_one_date_whatever_the_clocks_said() {
    ca.clock.advance(Duration.ofMinutes(1));
    Instant start = ca.clock.instant().truncatedTo(ChronoUnit.SECONDS);
    List<Instant> dates = new ArrayList<>();
    try {
      for (long millis : new long[] {5, 5, 900, -2000, 0, 999, 1000, 1001, 1200, 7000}) {
        ca.clock.set(start.plusMillis(millis));
        ca.crls.publishNow("issuing-1").modified().ifPresent(dates::add);
      }
    } finally {
      ca.clock.set(start.plusSeconds(10));
    }
    assertThat(dates).containsExactly(start, start.plusSeconds(1), start.plusSeconds(7));
  }

  @Test
  void an_unknown_issuer_has_no_list() {
    assertThat(ca.crls.current("issuing-9")).isEmpty();
    assertThatThrownBy(() -> ca.crls.publishNow("issuing-9"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_node_that_starts_serves_the_very_list_that_is_out() {
    SerialNumber serial = issue("restarted");
    revoke(serial);
    PublishedCrl ours = ca.crls.publishNow("issuing-1");
    ca.clock.advance(Duration.ofMinutes(1));
    CrlPublisher restarted = ca.anotherPublisher();
    restarted.publishDue();
    PublishedCrl theirs = restarted.current("issuing-1").orElseThrow();
    assertThat(theirs.number()).isEqualTo(ours.number());
    assertThat(theirs.der()).isEqualTo(ours.der());
    assertThat(theirs.tag()).isEqualTo(ours.tag());
  }

  @Test
  void a_list_that_cannot_be_written_anew_is_replaced_by_the_next() {
    SerialNumber serial = issue("tampered");
    revoke(serial);
    PublishedCrl before = ca.crls.publishNow("issuing-1");
    ca.database.writeAndWait(
        handle -> handle.execute("update crl set signature = ?", new byte[] {1, 2, 3}));
    CrlPublisher restarted = ca.anotherPublisher();
    assertThat(restarted.current("issuing-1")).isEmpty();
    restarted.publishDue();
    PublishedCrl next = restarted.current("issuing-1").orElseThrow();
    assertThat(next.number()).isGreaterThan(before.number());
    assertThat(lists(next, serial)).isTrue();
    ca.crls.publishDue();
  }

  @Test
  void numbers_grow_over_a_database_that_is_restored() {
    long backup = ca.crls.publishNow("issuing-1").number();
    byte[] signature = ca.crls.current("issuing-1").orElseThrow().row().signature();
    ca.clock.advance(Duration.ofSeconds(10));
    long lost = 0;
    for (int i = 0; i < 5; i++) {
      lost = ca.crls.publishNow("issuing-1").number();
    }
    long newest = lost;
    ca.database.writeAndWait(
        handle ->
            handle.execute(
                    "update crl set number = ?, signature = ? where number = ?",
                    backup,
                    signature,
                    newest)
                + handle.execute(
                    "update authority set crl_number = ? where crl_number = ?", backup, newest));
    ca.clock.advance(Duration.ofSeconds(1));
    CrlPublisher restored = ca.anotherPublisher();
    assertThat(restored.publishNow("issuing-1").number()).isGreaterThan(newest);
    ca.crls.publishDue();
  }

  @OnEveryEngine
  void nodes_that_race_follow_one_another_and_give_no_number_twice(TestDatabase database)
      throws Exception {
    MovableClock clock = new MovableClock();
    Hierarchy hierarchy = InMemory.hierarchy(KeyAlgorithm.P256);
    Database first = database.database();
    first.writeAndWait(handle -> AuthorityRows.insert(handle, hierarchy, clock.instant()));
    int nodes = 3;
    int lists = 10;
    ExecutorService threads = Executors.newFixedThreadPool(nodes);
    try {
      List<Callable<List<PublishedCrl>>> work = new ArrayList<>();
      for (int node = 0; node < nodes; node++) {
        Database own =
            node == 0 || database.dialect() == Dialect.H2 ? first : database.anotherNode();
        CrlPublisher publisher = publisher(own, hierarchy, clock);
        int name = node;
        work.add(
            () -> {
              List<PublishedCrl> made = new ArrayList<>();
              for (int i = 0; i < lists; i++) {
                own.writeAndWait(handle -> deny(handle, name));
                publisher.publishDue();
                made.add(publisher.current("issuing-1").orElseThrow());
              }
              return made;
            });
      }
      List<PublishedCrl> all = new ArrayList<>();
      for (Future<List<PublishedCrl>> made : threads.invokeAll(work)) {
        assertThat(made.get()).isSortedAccordingTo(Comparator.comparing(PublishedCrl::number));
        all.addAll(made.get());
      }
      all.sort(Comparator.comparing(PublishedCrl::number));
      for (PublishedCrl one : all) { // two nodes may know of the same, but to the last bit
        assertThat(all)
            .filteredOn(other -> other.number() == one.number())
            .allSatisfy(other -> assertThat(other.der()).isEqualTo(one.der()));
      }
      assertThat(all).isSortedAccordingTo(Comparator.comparing(PublishedCrl::revocations));
      assertThat(all.get(all.size() - 1).revocations()).isEqualTo((long) nodes * lists);
      PublishedCrl last = all.get(all.size() - 1);
      CrlPublisher another = publisher(first, hierarchy, clock);
      assertThat(another.current("issuing-1").orElseThrow().der()).isEqualTo(last.der());
    } finally {
      threads.shutdown();
    }
  }

  /** As a revocation does it. */
  private static int deny(Handle handle, int node) {
    long number = IdentityStore.lockGuard(handle) + 1;
    handle.execute("update guard set last_number = ? where name = 'revocation'", number);
    return handle.execute(
        "insert into denial (issuer, number, serial, not_after, revoked_at, revocation_reason)"
            + " values ('issuing-1', ?, ?, ?, ?, 'superseded')",
        number,
        SerialNumber.of(BigInteger.valueOf(1000L * node + number)).toString(),
        MovableClock.START.plus(Duration.ofDays(7)).atOffset(ZoneOffset.UTC),
        MovableClock.START.atOffset(ZoneOffset.UTC));
  }

  private static CrlPublisher publisher(
      Database database, Hierarchy hierarchy, MovableClock clock) {
    CrlStore store = new CrlStore(database);
    return new CrlPublisher(
        hierarchy,
        new Revoked(database),
        store,
        Places.recorded(store, hierarchy, TestAuthority.URLS, TestAuthority.SHARDS),
        new CrlPublisher.Schedule(Duration.ofHours(1), Duration.ofHours(24)),
        clock);
  }
}
