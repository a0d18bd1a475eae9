package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.server.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrlClerkTest {
  @TempDir Path home;

  @Test
  void has_lists_when_it_starts_and_makes_a_new_one_when_it_is_told() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      CrlClerk clerk = new CrlClerk(ca.crls);
      clerk.start();
      assertThat(ca.crls.current("issuing-1").orElseThrow().number()).isEqualTo(1);
      clerk.revoked(Set.of("issuing-1"));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ca.crls.current("issuing-1").orElseThrow().number() == 2);
      clerk.close();
      clerk.revoked(Set.of("issuing-1")); // too late, and no error
    }
  }
}
