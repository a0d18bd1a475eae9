package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrlClerkTest {
  @TempDir Path home;

  @Test
  void has_lists_when_it_starts_and_makes_a_new_one_after_a_revocation() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      CrlClerk clerk = new CrlClerk(ca.crls);
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
      CrlClerk clerk = new CrlClerk(ca.crls); // not started: it looks only when it is told
      ca.revocations.hold(serial, TestAuthority.actor());
      clerk.revoked(Set.of("issuing-1"));
      await().atMost(Duration.ofSeconds(30)).until(() -> ca.crls.current("issuing-1").isPresent());
      clerk.close();
    }
  }

  @Test
  void revocations_of_a_moment_share_a_list() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      CrlClerk clerk = new CrlClerk(ca.crls);
      List<SerialNumber> serials = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        serials.add(ca.issue(ca.identity("orders-" + i, Names.none())).certificate().serial());
      }
      Set<Long> lists = new HashSet<>();
      for (SerialNumber serial : serials) {
        ca.revocations.hold(serial, TestAuthority.actor());
        clerk.revoked(Set.of("issuing-1"));
        ca.crls.current("issuing-1").ifPresent(crl -> lists.add(crl.number()));
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ca.crls.current("issuing-1").orElseThrow().revocations() == 40);
      assertThat(lists).hasSizeLessThan(20);
      clerk.close();
    }
  }
}
