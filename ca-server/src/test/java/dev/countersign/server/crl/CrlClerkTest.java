package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.lease.Lease;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrlClerkTest {
  @TempDir Path home;

  @Test
  void has_lists_when_it_starts_and_makes_a_new_one_after_a_revocation() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      CrlClerk clerk = new CrlClerk(ca.crls, lease(ca));
      clerk.start();
      long first = ca.crls.current("issuing-1").orElseThrow().number();
      SerialNumber serial = ca.issue(ca.identity("orders", Names.none())).certificate().serial();
      ca.revocations.hold(serial, TestAuthority.actor()); // whose listener is not this clerk
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ca.crls.current("issuing-1").orElseThrow().number() > first);
      clerk.close();
      clerk.revoked(Set.of("issuing-1")); // too late, and no error
    }
  }

  @Test
  void does_not_wait_for_the_next_second_when_it_is_told_of_a_revocation() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      SerialNumber serial = ca.issue(ca.identity("orders", Names.none())).certificate().serial();
      CrlClerk clerk =
          new CrlClerk(ca.crls, lease(ca)); // not started: it looks only when it is told
      ca.revocations.hold(serial, TestAuthority.actor());
      clerk.revoked(Set.of("issuing-1"));
      await().atMost(Duration.ofSeconds(30)).until(() -> ca.crls.current("issuing-1").isPresent());
      clerk.close();
    }
  }

  private static long newest(TestAuthority ca) {
    return new Revoked(ca.database).lastNumber("issuing-1");
  }

  @Test
  void revocations_while_it_rests_share_a_list() throws InterruptedException {
    try (TestAuthority ca = TestAuthority.create(home)) {
      BlockingQueue<Runnable> ends = new LinkedBlockingQueue<>();
      CrlClerk clerk =
          new CrlClerk(ca.crls, lease(ca), (desk, rested) -> ends.add(() -> desk.execute(rested)));
      revoke(ca, clerk, "first");
      Runnable end = ends.take();
      long first = ca.crls.current("issuing-1").orElseThrow().number();
      for (int i = 0; i < 10; i++) {
        revoke(ca, clerk, "orders-" + i);
      }
      end.run();

      ends.take().run();

      PublishedCrl second = ca.crls.current("issuing-1").orElseThrow();
      assertThat(second.number()).isGreaterThan(first);
      long all = ca.crls.snapshot("issuing-1").revocations();
      assertThat(second.revocations()).isEqualTo(all).isEqualTo(newest(ca));
      revoke(ca, clerk, "last");
      ends.take();
      assertThat(ca.crls.current("issuing-1").orElseThrow().revocations())
          .isEqualTo(newest(ca))
          .isGreaterThan(all);
      assertThat(ends).as("rests, one after each list").isEmpty();
      clerk.close();
    }
  }

  private static Lease lease(TestAuthority ca) {
    return new Lease(ca.database, "crl", "this");
  }

  private static void revoke(TestAuthority ca, CrlClerk clerk, String name) {
    SerialNumber serial = ca.issue(ca.identity(name, Names.none())).certificate().serial();
    ca.revocations.hold(serial, TestAuthority.actor());
    clerk.revoked(Set.of("issuing-1"));
  }
}
