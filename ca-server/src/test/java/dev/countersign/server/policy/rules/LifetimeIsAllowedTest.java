package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.server.policy.Asked;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LifetimeIsAllowedTest {
  private final LifetimeIsAllowed rule = new LifetimeIsAllowed();
  private final Asked asked = new Asked();

  @Test
  void no_longer_than_the_longest_and_no_shorter_than_of_use() {
    granted(rule, asked);
    asked.lifetime = Optional.of(Duration.ofDays(90));
    granted(rule, asked);
    asked.lifetime = Optional.of(Duration.ofDays(90).plusSeconds(1));
    refused(rule, asked, Kind.NOT_ALLOWED, "PT2160H1S", "PT2160H", "peer");
    asked.lifetime = Optional.of(Duration.ofSeconds(59));
    refused(rule, asked, Kind.NOT_ALLOWED, "PT59S");
    asked.lifetime = Optional.of(Duration.ofDays(-1));
    refused(rule, asked, Kind.NOT_ALLOWED);
  }
}
