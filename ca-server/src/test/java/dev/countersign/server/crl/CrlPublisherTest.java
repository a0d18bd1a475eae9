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
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.testing.InMemory;
import dev.countersign.server.testing.TestAuthority;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
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
    assertThat(second.number()).isEqualTo(first.number() + 1);
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
    assertThat(ca.crls.current("issuing-1").orElseThrow().number()).isEqualTo(number + 1);
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
    assertThat(held.number()).isEqualTo(number + 1);
    assertThat(lists(held, serial)).isTrue();

    ca.revocations.release(serial, TestAuthority.actor());
    ca.crls.publishDue();
    ca.crls.publishDue();
    PublishedCrl released = ca.crls.current("issuing-1").orElseThrow();
    assertThat(released.number()).isEqualTo(number + 2);
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
  void an_unknown_issuer_has_no_list() {
    assertThat(ca.crls.current("issuing-9")).isEmpty();
    assertThatThrownBy(() -> ca.crls.publishNow("issuing-9"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @OnEveryEngine
  void nodes_that_race_never_give_a_number_twice(TestDatabase database) throws Exception {
    MovableClock clock = new MovableClock();
    Hierarchy hierarchy = InMemory.hierarchy(KeyAlgorithm.P256);
    Database first = database.database();
    first.writeAndWait(handle -> AuthorityRows.insert(handle, hierarchy, clock.instant()));
    int nodes = 3;
    int lists = 10;
    ExecutorService threads = Executors.newFixedThreadPool(nodes);
    try {
      List<Callable<List<Long>>> work = new ArrayList<>();
      for (int node = 0; node < nodes; node++) {
        Database own =
            node == 0 || database.dialect() == Dialect.H2 ? first : database.anotherNode();
        CrlPublisher publisher = publisher(own, hierarchy, clock);
        work.add(
            () -> {
              List<Long> numbers = new ArrayList<>();
              for (int i = 0; i < lists; i++) {
                numbers.add(publisher.publishNow("issuing-1").number());
              }
              return numbers;
            });
      }
      List<Long> all = new ArrayList<>();
      for (Future<List<Long>> numbers : threads.invokeAll(work)) {
        assertThat(numbers.get()).isSorted();
        all.addAll(numbers.get());
      }
      assertThat(all)
          .containsExactlyInAnyOrderElementsOf(
              LongStream.rangeClosed(1, (long) nodes * lists).boxed().toList());
    } finally {
      threads.shutdown();
    }
  }

  private static CrlPublisher publisher(
      Database database, Hierarchy hierarchy, MovableClock clock) {
    return new CrlPublisher(
        hierarchy,
        new Revoked(database),
        new CrlStore(database),
        new CrlPublisher.Schedule(Duration.ofHours(1), Duration.ofHours(24)),
        clock);
  }
}
