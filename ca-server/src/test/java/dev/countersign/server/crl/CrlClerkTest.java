package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
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
      assertThat(ca.crls.current("issuing-1").orElseThrow().number()).isEqualTo(1);
      SerialNumber serial = ca.issue(ca.identity("orders", Names.none())).certificate().serial();
      ca.revocations.hold(serial, TestAuthority.actor()); // whose listener is not this clerk
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ca.crls.current("issuing-1").orElseThrow().number() == 2);
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
}
