package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.ca;
import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.root;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BasicConstraintsTest {
  private final BasicConstraints rule = new BasicConstraints();

  @Test
  void refuses_CAs_that_are_none_and_others_that_are() {
    passes(rule, leaf());
    passes(rule, ca());
    passes(rule, root());
    fails(rule, "absent", leaf(), r -> r.remove(Oids.BASIC_CONSTRAINTS));
    fails(rule, "not_critical", leaf(), r -> r.value(Oids.BASIC_CONSTRAINTS, false, "3000"));
    fails(
        rule, "cA_FALSE_encoded", leaf(), r -> r.value(Oids.BASIC_CONSTRAINTS, true, "3003010100"));
    fails(
        rule,
        "path_length_without_cA",
        leaf(),
        r -> r.value(Oids.BASIC_CONSTRAINTS, true, "3003020100"));
    fails(
        rule,
        "path_length_1",
        ca(),
        r -> r.set(Oids.BASIC_CONSTRAINTS, Extensions.ca(Optional.of(1))));
    fails(
        rule,
        "no_path_length",
        ca(),
        r -> r.set(Oids.BASIC_CONSTRAINTS, Extensions.ca(Optional.empty())));
    fails(rule, "root_without_cA", root(), r -> r.set(Oids.BASIC_CONSTRAINTS, Extensions.noCa()));
    fails(rule, "trailing_bytes", leaf(), r -> r.value(Oids.BASIC_CONSTRAINTS, true, "30000500"));
  }
}
