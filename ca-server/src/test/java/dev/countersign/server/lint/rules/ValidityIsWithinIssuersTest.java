package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.validity;

import dev.countersign.pki.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ValidityIsWithinIssuersTest {
  private final ValidityIsWithinIssuers rule = new ValidityIsWithinIssuers();

  private static final Instant NOW = MovableClock.START;
  private static final Instant LATE = NOW.plus(Duration.ofDays(365 * 30));

  @Test
  void refuses_what_ends_before_it_begins_or_outlives_its_issuer() {
    passes(rule, leaf());
    fails(
        rule,
        "ends_before_it_begins",
        leaf(),
        r -> r.validity = validity(NOW, NOW.minusSeconds(1)));
    fails(rule, "begins_and_ends_at_once", leaf(), r -> r.validity = validity(NOW, NOW));
    fails(rule, "outlives_its_issuer", leaf(), r -> r.validity = validity(NOW, LATE));
    fails(
        rule,
        "begins_before_its_issuer",
        leaf(),
        r -> r.validity = validity(NOW.minus(Duration.ofDays(1)), NOW.plusSeconds(1)));
  }
}
