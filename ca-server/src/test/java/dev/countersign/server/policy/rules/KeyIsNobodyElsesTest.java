package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.server.policy.Asked;
import dev.countersign.server.policy.KeyHistory;
import dev.countersign.server.refusal.Refusal.Kind;
import org.junit.jupiter.api.Test;

class KeyIsNobodyElsesTest {
  private final KeyIsNobodyElses rule = new KeyIsNobodyElses();
  private final Asked asked = new Asked();

  @Test
  void a_key_belongs_to_one_identity() {
    granted(rule, asked);
    asked.history = KeyHistory.of("orders", false);
    granted(rule, asked);
    asked.history = KeyHistory.of("billing", false);
    refused(rule, asked, Kind.BAD_PUBLIC_KEY, "another identity");
  }
}
