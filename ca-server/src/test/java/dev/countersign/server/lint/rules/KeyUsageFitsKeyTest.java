package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.hex;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import org.junit.jupiter.api.Test;

class KeyUsageFitsKeyTest {
  private final KeyUsageFitsKey rule = new KeyUsageFitsKey();

  @Test
  void refuses_what_the_key_cannot_do() {
    passes(rule, leaf());
    fails(
        rule,
        "EC_with_keyEncipherment",
        leaf(),
        r -> r.set(Oids.KEY_USAGE, Extensions.keyUsage(1 | 1 << 2)));
    fails(
        rule,
        "Ed25519_with_keyAgreement",
        leaf(),
        r -> {
          r.key = hex("302a300506032b6570032100" + "11".repeat(32));
          r.set(Oids.KEY_USAGE, Extensions.keyUsage(1 | 1 << 4));
        });
  }
}
