package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.ca;
import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import dev.countersign.pki.Oids;
import org.junit.jupiter.api.Test;

class NameConstraintsAreCriticalTest {
  private final NameConstraintsAreCritical rule = new NameConstraintsAreCritical();

  private static final String DNS = "300ea00c300a8208612e6578616d706c";

  @Test
  void refuses_constraints_that_are_empty_not_critical_or_in_the_wrong_place() {
    passes(rule, leaf());
    passes(rule, ca());
    passes(rule, ca().value(Oids.NAME_CONSTRAINTS, true, DNS));
    fails(rule, "not_critical", ca(), r -> r.value(Oids.NAME_CONSTRAINTS, false, DNS));
    fails(rule, "empty", ca(), r -> r.value(Oids.NAME_CONSTRAINTS, true, "3000"));
    fails(rule, "no_subtree", ca(), r -> r.value(Oids.NAME_CONSTRAINTS, true, "3002a000"));
    fails(rule, "for_no_CA", leaf(), r -> r.value(Oids.NAME_CONSTRAINTS, true, DNS));
  }
}
