package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.server.policy.Asked;
import dev.countersign.server.policy.KeyHistory;
import dev.countersign.server.refusal.Refusal.Kind;
import org.junit.jupiter.api.Test;

class KeyIsNotDeniedTest {
  private final KeyIsNotDenied rule = new KeyIsNotDenied();
  private final Asked asked = new Asked();

  @Test
  void a_key_that_others_know_is_refused() {
    asked.history = KeyHistory.of("orders", false);
    granted(rule, asked);
    asked.history = KeyHistory.of("orders", true);
    refused(rule, asked, Kind.BAD_PUBLIC_KEY, "make a new key");
  }
}
