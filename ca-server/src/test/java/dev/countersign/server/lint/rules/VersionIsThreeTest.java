package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.hex;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import org.junit.jupiter.api.Test;

class VersionIsThreeTest {
  private final VersionIsThree rule = new VersionIsThree();

  @Test
  void refuses_what_is_not_v3() {
    passes(rule, leaf());
    fails(rule, "version_1", leaf(), r -> r.version = hex(""));
    fails(rule, "version_2", leaf(), r -> r.version = hex("a003020101"));
  }
}
