package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownDenialsTest {
  @TempDir Path home;
  private TestAuthority ca;
  private KnownDenials others; // of a node that is told nothing
  private SerialNumber serial;

  @BeforeEach
  void issue() {
    ca = TestAuthority.create(home);
    others =
        new KnownDenials(ca.hierarchy, new Revoked(ca.database), ca.anotherPublisher(), ca.clock);
    serial = ca.issue(ca.identity("orders", Names.none())).certificate().serial();
  }

  @AfterEach
  void close() {
    others.close();
    ca.close();
  }

  private Instant revoke() {
    Instant since = ca.clock.instant().truncatedTo(ChronoUnit.SECONDS);
    ca.revocations.revoke(
        serial, RevocationReason.KEY_COMPROMISE, Optional.of(since), TestAuthority.actor());
    return since;
  }

  @Test
  void finds_without_being_told_what_another_node_has_revoked() {
    others.start();
    assertThat(others.of("issuing-1", serial)).isEmpty();
    Instant since = revoke();
    await().atMost(Duration.ofSeconds(60)).until(() -> others.of("issuing-1", serial).isPresent());
    assertThat(others.of("issuing-1", serial))
        .contains(new Denial(since, RevocationReason.KEY_COMPROMISE, Optional.of(since)));
    assertThat(others.of("root-1", serial)).isEmpty();
    assertThat(others.of("none", serial)).isEmpty();
  }

  @Test
  void a_hold_is_known_until_it_is_released() {
    ca.revocations.hold(serial, TestAuthority.actor());
    others.follow();
    assertThat(others.of("issuing-1", serial).orElseThrow().reason())
        .isEqualTo(RevocationReason.CERTIFICATE_HOLD);
    ca.revocations.release(serial, TestAuthority.actor());
    others.follow();
    assertThat(others.of("issuing-1", serial)).isEmpty();
  }

  @Test
  void goes_on_from_the_lists_that_are_known_here() {
    revoke();
    KnownDenials known =
        new KnownDenials(ca.hierarchy, new Revoked(ca.database), ca.crls, ca.clock);
    ca.crls.publishNow("issuing-1");
    known.follow();
    int shard = TestAuthority.SHARDS.of(serial);
    assertThat(known.entries("issuing-1", shard))
        .isSameAs(ca.crls.snapshot("issuing-1").shards().get(shard));
    SerialNumber next = ca.issue(ca.identity("billing", Names.none())).certificate().serial();
    ca.revocations.hold(next, TestAuthority.actor());
    known.follow();
    assertThat(known.of("issuing-1", serial)).isPresent();
    assertThat(known.of("issuing-1", next)).isPresent();
    ca.crls.publishNow("issuing-1");
    known.follow(); // though nothing was denied since
    assertThat(known.entries("issuing-1", shard))
        .isSameAs(ca.crls.snapshot("issuing-1").shards().get(shard));
    known.close();
  }

  @Test
  void learns_what_has_the_numbers_of_changes_that_the_database_has_lost() {
    KnownDenials known =
        new KnownDenials(ca.hierarchy, new Revoked(ca.database), ca.crls, ca.clock);
    SerialNumber lost = ca.issue(ca.identity("lost", Names.none())).certificate().serial();
    ca.revocations.hold(lost, TestAuthority.actor());
    ca.revocations.release(lost, TestAuthority.actor());
    ca.revocations.hold(lost, TestAuthority.actor());
    long number = ca.crls.publishNow("issuing-1").number();
    known.follow();
    assertThat(known.of("issuing-1", lost)).isPresent();

    lose(number);
    revoke();
    known.follow();
    assertThat(known.of("issuing-1", serial)).isPresent();
    assertThat(known.of("issuing-1", lost)).isEmpty();
    for (int i = 0; i < 3; i++) { // as many as the lists that are in memory know
      SerialNumber next = ca.issue(ca.identity("next-" + i, Names.none())).certificate().serial();
      ca.revocations.hold(next, TestAuthority.actor());
      known.follow();
      assertThat(known.of("issuing-1", next)).isPresent();
    }

    ca.crls.publishDue();
    PublishedCrl made = ca.crls.current("issuing-1").orElseThrow();
    assertThat(made.number()).isGreaterThan(number);
    int shard = TestAuthority.SHARDS.of(serial);
    assertThat(ca.crls.snapshot("issuing-1").denial(serial)).isPresent();
    assertThat(ca.crls.snapshot("issuing-1").denial(lost)).isEmpty();
    known.follow();
    assertThat(known.entries("issuing-1", shard))
        .isSameAs(ca.crls.snapshot("issuing-1").shards().get(shard));
    known.close();
  }

  @Test
  void learns_what_has_those_numbers_also_when_there_are_more_before_it_looks() {
    SerialNumber lost = ca.issue(ca.identity("lost", Names.none())).certificate().serial();
    ca.revocations.hold(lost, TestAuthority.actor());
    long number = ca.crls.publishNow("issuing-1").number();
    others.follow();
    assertThat(others.of("issuing-1", lost)).isPresent();

    lose(number);
    revoke();
    others.follow();
    assertThat(others.of("issuing-1", serial)).as("as many").isPresent();
    assertThat(others.of("issuing-1", lost)).isEmpty();

    lose(number);
    List<SerialNumber> next = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      next.add(ca.issue(ca.identity("next-" + i, Names.none())).certificate().serial());
      ca.revocations.hold(next.get(i), TestAuthority.actor());
    }
    others.follow();
    assertThat(next)
        .as("more")
        .allSatisfy(one -> assertThat(others.of("issuing-1", one)).isPresent());
    assertThat(others.of("issuing-1", serial)).isEmpty();
  }

  /** As after a failover to a standby that had not got the last commits. */
  private void lose(long list) {
    ca.database.writeAndWait(
        handle ->
            handle.execute("delete from denial")
                + handle.execute("update guard set last_number = 0 where name = 'revocation'")
                + handle.execute("delete from crl_base where number = ?", list)
                + handle.execute("delete from crl where number = ?", list)
                + handle.execute(
                    "update authority set crl_number = ? where crl_number = ?", list - 1, list));
  }

  @Test
  void is_not_trusted_from_an_act_of_this_node_until_it_has_looked() {
    assertThat(others.areTrusted()).isFalse();
    others.follow();
    assertThat(others.areTrusted()).isTrue();
    synchronized (others) { // it cannot look
      others.revoked(Set.of("issuing-1"));
      assertThat(others.areTrusted()).isFalse();
    }
    await().atMost(Duration.ofSeconds(60)).until(others::areTrusted); // it looks at once
  }

  @Test
  void is_trusted_for_a_second_while_the_database_is_there() {
    others.follow();
    ca.clock.advance(Duration.ofMillis(999));
    assertThat(others.areTrusted()).isTrue();
    ca.clock.advance(Duration.ofMillis(1));
    assertThat(others.areTrusted()).isFalse();
    ca.clock.advance(Duration.ofSeconds(-2)); // a clock that goes back says nothing
    assertThat(others.areTrusted()).isFalse();
    others.follow();
    assertThat(others.areTrusted()).isTrue();
  }

  @Test
  void is_not_trusted_on_when_the_database_answers_and_cannot_be_understood() {
    others.follow();
    ca.revocations.hold(serial, TestAuthority.actor());
    ca.database.writeAndWait(handle -> handle.execute("update denial set serial = 'nonsense'"));
    others.round();
    assertThat(others.isDatabaseAway()).isFalse();
    ca.clock.advance(Duration.ofSeconds(1));
    assertThat(others.areTrusted()).isFalse();
  }

  @Test
  void a_look_that_takes_long_is_not_a_database_that_has_gone() {
    revoke();
    AtomicReference<KnownDenials> slow = new AtomicReference<>();
    AtomicBoolean asking = new AtomicBoolean();
    List<Boolean> away = new ArrayList<>();
    List<Boolean> trusted = new ArrayList<>();
    InstantSource clock =
        () -> { // a second goes by between any two questions
          if (slow.get() != null && asking.compareAndSet(false, true)) {
            ca.clock.advance(Duration.ofSeconds(1));
            away.add(slow.get().isDatabaseAway());
            trusted.add(slow.get().areTrusted());
            asking.set(false);
          }
          return ca.clock.instant();
        };
    KnownDenials known =
        new KnownDenials(ca.hierarchy, new Revoked(ca.database), ca.anotherPublisher(), clock);
    slow.set(known);
    known.follow();
    assertThat(away).hasSizeGreaterThan(4).doesNotContain(true);
    assertThat(trusted).doesNotContain(true);
    known.close();
  }

  @Test
  void is_trusted_on_when_the_database_has_gone() {
    others.start();
    assertThat(others.isDatabaseAway()).isFalse();
    ca.database.close();
    await().atMost(Duration.ofSeconds(60)).until(others::isDatabaseAway);
    ca.clock.advance(Duration.ofHours(1));
    assertThat(others.areTrusted()).isTrue();
    synchronized (others) {
      others.revoked(Set.of("issuing-1"));
    }
    assertThat(others.areTrusted()).isFalse(); // of that it has seen nothing
  }
}
